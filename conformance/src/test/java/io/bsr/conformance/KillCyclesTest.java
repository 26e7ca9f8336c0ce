package io.bsr.conformance;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class KillCyclesTest {
    private static final int CYCLES = 100;
    private static final long SEED = 20_260_101L;

    @Test
    @Timeout(1800)
    void what_was_acknowledged_survives_a_hundred_faults_and_the_file_system_is_clean(@TempDir Path folder)
            throws Exception {
        FileLoad.need();
        try (KillCycles cycles = new KillCycles(folder, SEED, true)) {
            cycles.run(CYCLES, System.out);
        }
    }
}
