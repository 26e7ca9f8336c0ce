package io.bsr.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bsr.config.ConfigurationTarget;
import io.bsr.control.message.RequestTarget;
import io.bsr.frontend.fuse.MessageTarget;
import io.bsr.frontend.nbd.DialogueTarget;
import io.bsr.metadata.SuperblockTarget;
import io.bsr.metadata.tool.DumpTarget;
import io.bsr.wire.bitmap.BitmapTarget;
import io.bsr.wire.packet.PacketTarget;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Inputs that Jazzer chooses by coverage, against every reader of foreign bytes.
 *
 * <p>Properties: {@code bsr.fuzz.seconds} searches so long in each target, with another seed each time, instead of trying
 * the number of inputs below; {@code bsr.fuzz.target} names the only target.
 */
@Timeout(value = 90, unit = TimeUnit.MINUTES)
class FuzzTest {
    private static final int SECONDS = Integer.getInteger("bsr.fuzz.seconds", 0);
    private static final String ONLY = System.getProperty("bsr.fuzz.target", "");
    private static final int CANARY_INPUTS = 5_000_000;

    private final Path folder;

    FuzzTest(@TempDir Path folder) {
        this.folder = folder;
    }

    /** What reads foreign bytes, how many inputs a build tries, and how long an input may be. */
    enum Target {
        PACKETS(PacketTarget.class, 3_000_000, 2048),
        BITMAPS(BitmapTarget.class, 4_000_000, 400),
        SUPERBLOCKS(SuperblockTarget.class, 1_500_000, 4096),
        DUMPS(DumpTarget.class, 500_000, 2048),
        CONFIGURATIONS(ConfigurationTarget.class, 30_000, 1024),
        REQUESTS(RequestTarget.class, 1_200_000, 1024),
        DIALOGUES(DialogueTarget.class, 150_000, 1024),
        MESSAGES(MessageTarget.class, 500_000, 512);

        final Class<?> type;
        final int inputs;
        final int longest;

        Target(Class<?> type, int inputs, int longest) {
            this.type = type;
            this.inputs = inputs;
            this.longest = longest;
        }
    }

    @ParameterizedTest
    @EnumSource
    void no_input_does_harm(Target target) throws Exception {
        assumeTrue(ONLY.isEmpty() || ONLY.equalsIgnoreCase(target.name()), "only " + ONLY + " was asked for");
        boolean timed = SECONDS > 0;

        Fuzzer.Said said = new Fuzzer(folder)
                .run(
                        target.type,
                        timed ? "-max_total_time=" + SECONDS : "-runs=" + target.inputs,
                        timed ? 0 : 1,
                        target.longest);

        assertEquals(0, said.code(), said::output);
        assertTrue(timed || said.inputs() >= target.inputs, said::output);
        System.out.printf(Locale.ROOT, "%s: %,d inputs, no finding%n", target, said.inputs());
    }

    @Test
    void the_search_finds_a_planted_fault() throws Exception {
        Fuzzer.Said said = new Fuzzer(folder).run(CanaryTarget.class, "-runs=" + CANARY_INPUTS, 1, 64);

        assertTrue(said.code() != 0 && said.output().contains("the planted fault"), said::output);
    }
}
