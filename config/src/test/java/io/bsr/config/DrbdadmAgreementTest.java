package io.bsr.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bsr.config.Corpus.Sample;
import io.bsr.config.dump.Dump;
import io.bsr.config.dump.DumpStyle;
import io.bsr.config.dump.DumpXml;
import io.bsr.config.file.DiskFiles;
import io.bsr.config.model.NodeIdentity;
import io.bsr.config.plan.UpPlan;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The part of the language that bsr and DRBD share, compared with Debian's drbdadm over a whole corpus: what is accepted,
 * what {@code -d up} does, what the dumps say. Where both differ, {@code corpus/differences.tsv} says so and why.
 */
class DrbdadmAgreementTest {
    private static final NodeIdentity NODE_A = NodeIdentity.named("a");
    private static final Path DRBDADM = Path.of("/usr/sbin/drbdadm");
    private static final List<DumpStyle.Detail> DETAILS = List.of(DumpStyle.Detail.values());
    private static final int PROCESSES = 2;
    private static final int SECONDS = 100;

    @TempDir
    private Path directory = Path.of(".");

    @BeforeAll
    static void drbdadm_is_installed() {
        assumeTrue(Files.isExecutable(DRBDADM), "drbdadm is not installed");
    }

    @Test
    void agrees_with_drbdadm_about_a_corpus_but_for_the_differences_that_are_written_down() throws Exception {
        List<Sample> samples = Corpus.samples();
        askDrbdadm(samples);
        List<KnownDifference> known = KnownDifference.all();
        Set<String> used = new TreeSet<>();
        List<String> unknown = new ArrayList<>();
        int accepted = 0;

        for (Sample sample : samples) {
            ReadResult ours = read(sample);
            boolean theirs = answer(sample, "rc").strip().equals("0");
            accepted += theirs && ours.valid() ? 1 : 0;
            for (KnownDifference.Kind kind : differences(sample, ours, theirs)) {
                known.stream()
                        .filter(difference -> difference.explains(kind, sample.text()))
                        .findFirst()
                        .ifPresentOrElse(
                                difference -> used.add(difference.id()),
                                () -> unknown.add(kind + ": " + sample.text() + "\n" + ours.diagnostics()));
            }
        }

        assertEquals(List.of(), unknown, unknown.size() + " differences");
        assertEquals(
                known.stream().map(KnownDifference::id).sorted().toList(),
                List.copyOf(used),
                "differences that are written down and none");
        assertTrue(samples.size() >= 500 && accepted > samples.size() / 3, samples.size() + ", accepted " + accepted);
    }

    private List<KnownDifference.Kind> differences(Sample sample, ReadResult ours, boolean accepted) throws Exception {
        if (accepted != ours.valid()) {
            return List.of(accepted ? KnownDifference.Kind.REFUSED_BY_BSR : KnownDifference.Kind.ACCEPTED_BY_BSR);
        }
        return accepted ? differingOutput(sample, ours) : List.of();
    }

    private List<KnownDifference.Kind> differingOutput(Sample sample, ReadResult ours) throws Exception {
        List<KnownDifference.Kind> kinds = new ArrayList<>();
        if (!theirUp(sample).equals(bytes(ourUp(ours)))) {
            kinds.add(KnownDifference.Kind.UP);
        }
        DumpStyle style = new DumpStyle(detail(sample), false);
        if (!answer(sample, "dump").equals(bytes(Dump.all(ours.configuration(), NODE_A, style)))) {
            kinds.add(KnownDifference.Kind.DUMP);
        }
        if (asksForXml(sample) && !answer(sample, "xml").equals(bytes(ourXml(ours)))) {
            kinds.add(KnownDifference.Kind.XML);
        }
        return kinds;
    }

    /** A character for each byte, as drbdadm's answers are read: not all of them are valid text. */
    private static String bytes(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    private static DumpStyle.Detail detail(Sample sample) {
        return DETAILS.get(sample.number() % DETAILS.size());
    }

    private static boolean asksForXml(Sample sample) {
        return sample.number() % 4 == 0;
    }

    private String theirUp(Sample sample) throws IOException {
        return answer(sample, "up").replace("/usr/sbin/", "").stripTrailing();
    }

    /** Without what DRBD does not have: node options, roles that are remembered, names of peers, a flag of paths. */
    private static String ourUp(ReadResult ours) throws Exception {
        return String.join(
                "\n",
                UpPlan.of(ours.configuration().viewOf(NODE_A).resources()).shellLines().stream()
                        .filter(line -> !line.contains(" node-options ") && !line.contains(" apply-persist-role "))
                        .map(line -> line.replaceFirst(" --peer-node-name=\\S+", ""))
                        .map(line -> line.contains(" new-path ") ? line.substring(0, line.length() - 2) : line)
                        .toList());
    }

    private static String ourXml(ReadResult ours) {
        return DumpXml.all(ours.configuration()).replaceAll(" platform=\"linux\" node-id=\"[0-9]+\"", "");
    }

    private Path file(Sample sample, String kind) {
        return directory.resolve(sample.number() + "." + kind);
    }

    private ReadResult read(Sample sample) {
        return new ConfigReader(new DiskFiles())
                .readText(
                        file(sample, "conf").toString(),
                        sample.text().getBytes(StandardCharsets.UTF_8),
                        ReadOptions.forNode(NODE_A));
    }

    /** What drbdadm printed, with bsr for drbd. */
    private String answer(Sample sample, String kind) throws IOException {
        return Files.readString(file(sample, kind), StandardCharsets.ISO_8859_1).replace("drbd", "bsr");
    }

    /** All questions about all samples, a few processes at a time. */
    private void askDrbdadm(List<Sample> samples) throws Exception {
        List<StringBuilder> scripts = new ArrayList<>();
        for (int i = 0; i < PROCESSES; i++) {
            scripts.add(new StringBuilder("export __DRBD_NODE__=a\ncd '" + directory + "'\n"));
        }
        for (Sample sample : samples) {
            Files.writeString(file(sample, "conf"), sample.drbd());
            String flag =
                    switch (detail(sample)) {
                        case WRITTEN -> "";
                        case INHERITED -> "-d ";
                        case EXPANDED -> "-v ";
                    };
            String call = DRBDADM + " -c " + file(sample, "conf") + " ";
            int n = sample.number();
            StringBuilder script = scripts.get(n % PROCESSES);
            script.append(call + "-d up all >" + n + ".up 2>" + n + ".err; echo $? >" + n + ".rc\n");
            script.append("read rc <" + n + ".rc; if [ $rc = 0 ]; then\n");
            script.append(call + flag + "dump >" + n + ".dump 2>/dev/null\n");
            script.append(asksForXml(sample) ? call + "dump-xml >" + n + ".xml 2>/dev/null\n" : "");
            script.append("fi\n");
        }
        List<Process> processes = new ArrayList<>();
        for (StringBuilder script : scripts) {
            Path file = Files.writeString(directory.resolve("ask" + processes.size()), script);
            processes.add(new ProcessBuilder("sh", file.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start());
        }
        for (Process process : processes) {
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException("drbdadm does not end");
            }
        }
    }
}
