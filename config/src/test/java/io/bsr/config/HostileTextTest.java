package io.bsr.config;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.config.diagnostic.ConfigException;
import io.bsr.config.diagnostic.Diagnostic;
import io.bsr.config.diagnostic.Diagnostics;
import io.bsr.config.diagnostic.SourceFile;
import io.bsr.config.dump.Dump;
import io.bsr.config.dump.DumpStyle;
import io.bsr.config.file.MemoryFiles;
import io.bsr.config.model.NodeIdentity;
import io.bsr.config.plan.UpPlan;
import io.bsr.config.running.RunningReader;
import io.bsr.config.syntax.SyntaxParser;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Any bytes at all: nothing is lost, nothing crashes, nothing hangs. */
class HostileTextTest {
    private static final int INPUTS = Integer.getInteger("bsr.config.fuzz.inputs", 2000);
    private static final NodeIdentity NODE_A = NodeIdentity.named("a");
    private static final String[] WORDS = {
        "{",
        "}",
        ";",
        "\"",
        "#",
        "[",
        "]",
        ":",
        "\\",
        "\n",
        "skip ",
        "resource ",
        "on ",
        "net ",
        "disk ",
        "volume ",
        "connection ",
        "path ",
        "host ",
        "address ",
        "ipv6 [",
        "via proxy on ",
        "meta-disk ",
        "device ",
        "minor ",
        "floating ",
        "group ",
        "options ",
        "99999999999",
        "10M",
        "-1",
        "none",
        "internal",
        "include ",
        "template-file ",
        "\u0000",
        "\u00ff",
        "é",
        "resync-after ",
        "protocol ",
        "stacked-on-top-of "
    };

    private static byte[] mutated(Random random) {
        String text = random.nextBoolean()
                ? GeneratedConfigurations.of(random.nextInt(1000))
                : GeneratedConfigurations.withMistake(random.nextInt(1000));
        return mutated(text, 1 + random.nextInt(12), random);
    }

    private static byte[] mutated(String text, int changes, Random random) {
        StringBuilder out = new StringBuilder(text);
        for (int i = 0; i < changes; i++) {
            int at = random.nextInt(out.length() + 1);
            int end = Math.min(out.length(), at + random.nextInt(random.nextInt(10) == 0 ? 400 : 12));
            switch (random.nextInt(4)) {
                case 0 -> out.delete(at, end);
                case 1 -> out.insert(at, WORDS[random.nextInt(WORDS.length)]);
                case 2 -> out.insert(at, out.substring(at, end));
                default -> out.replace(at, end, WORDS[random.nextInt(WORDS.length)]);
            }
        }
        byte[] bytes = out.toString().getBytes(StandardCharsets.UTF_8);
        if (random.nextInt(8) == 0 && bytes.length > 0) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        return bytes;
    }

    @Test
    void every_text_prints_back_byte_for_byte() {
        Random random = new Random(1);
        for (int i = 0; i < INPUTS; i++) {
            byte[] bytes = mutated(random);
            SourceFile source = SourceFile.of("f", bytes);

            String printed = SyntaxParser.parse(source, new Diagnostics()).print();

            assertArrayEquals(bytes, printed.getBytes(source.charset()));
        }
    }

    @Test
    void every_text_is_read_with_bounded_effort_and_all_findings_can_be_shown() {
        Random random = new Random(2);
        assertTimeoutPreemptively(Duration.ofSeconds(50), () -> {
            for (int i = 0; i < INPUTS; i++) {
                MemoryFiles files = new MemoryFiles().with("/f", mutated(random));

                ReadResult result = new ConfigReader(files).read("/f", ReadOptions.forNode(NODE_A));

                result.diagnostics().forEach(Diagnostic::render);
                if (result.valid()) {
                    UpPlan.of(result.configuration().viewOf(NODE_A).resources()).shellLines();
                }
            }
        });
    }

    @Test
    void every_valid_text_survives_being_dumped_and_read_again() throws Exception {
        Random random = new Random(3);
        int valid = 0;
        for (int i = 0; i < INPUTS / 4; i++) {
            MemoryFiles files = new MemoryFiles().with("/f", mutated(GeneratedConfigurations.of(i), i % 2, random));
            ReadResult result = new ConfigReader(files).read("/f", ReadOptions.forNode(NODE_A));
            if (!result.valid()) {
                continue;
            }
            valid++;
            DumpStyle style =
                    new DumpStyle(i % 2 == 0 ? DumpStyle.Detail.WRITTEN : DumpStyle.Detail.EXPANDED, i % 3 == 0);
            String dump = Dump.all(result.configuration(), NODE_A, style);

            ReadResult again =
                    new ConfigReader(new MemoryFiles().with("/g", dump)).read("/g", ReadOptions.forNode(NODE_A));

            assertTrue(again.valid(), () -> dump + again.diagnostics());
            if (style.detail() == DumpStyle.Detail.WRITTEN) {
                assertEquals(
                        UpPlan.of(result.configuration().viewOf(NODE_A).resources())
                                .shellLines(),
                        UpPlan.of(again.configuration().viewOf(NODE_A).resources())
                                .shellLines(),
                        dump);
                assertEquals(
                        dump.replaceAll("#.*", ""),
                        Dump.all(again.configuration(), NODE_A, style).replaceAll("#.*", ""));
            }
        }
        int found = valid;
        assertTrue(found > INPUTS / 16, () -> "only " + found + " valid texts");
    }

    @Test
    void every_valid_configuration_of_the_corpus_means_the_same_after_a_dump() throws Exception {
        for (Corpus.Sample sample : Corpus.samples()) {
            ReadResult result = Texts.read(sample.text());
            if (!result.valid()) {
                continue;
            }
            for (DumpStyle style : List.of(DumpStyle.READABLE, DumpStyle.ORIGINAL)) {
                ReadResult again = Texts.read(Dump.all(result.configuration(), NODE_A, style));

                assertEquals(
                        UpPlan.of(result.configuration().viewOf(NODE_A).resources())
                                .shellLines(),
                        UpPlan.of(again.orThrow().viewOf(NODE_A).resources()).shellLines(),
                        sample.text());
            }
        }
    }

    @Test
    void sections_nested_a_million_times_are_an_error() {
        String text = "a{".repeat(1_000_000);

        ReadResult result = assertTimeoutPreemptively(Duration.ofSeconds(20), () -> Texts.read(text));

        assertTrue(Texts.codes(result).contains("C104"), result::toString);
    }

    @Test
    void any_output_of_show_is_read_or_refused() throws Exception {
        String shown = Texts.resource("show-defaults.txt");
        Random random = new Random(4);
        for (int i = 0; i < INPUTS / 4; i++) {
            StringBuilder out = new StringBuilder(shown);
            for (int k = 0; k < 6; k++) {
                int at = random.nextInt(out.length());
                out.replace(at, Math.min(out.length(), at + random.nextInt(20)), WORDS[random.nextInt(WORDS.length)]);
            }
            try {
                RunningReader.read(out.toString());
            } catch (ConfigException refused) {
                assertTrue(!refused.diagnostics().isEmpty());
            }
        }
    }
}
