package io.bsr.metadata.tool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.metadata.MetadataException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LastKnownPlaceTest {
    private static final int TIMES = 300;

    @TempDir
    private Path folder = Path.of("");

    /** As the engine and a tool do that is called meanwhile. */
    @Test
    void two_that_write_it_at_the_same_time_are_not_in_each_others_way() throws Exception {
        Path file = folder.resolve("bsr-minor-0.lkbd");
        LastKnownPlace large = new LastKnownPlace(1L << 40, "/dev/large", OptionalLong.empty());
        LastKnownPlace small = new LastKnownPlace(1L << 20, "/dev/small", OptionalLong.empty());
        try (ExecutorService writers = Executors.newFixedThreadPool(2)) {
            Future<?> first = writers.submit(() -> writeOften(large, file));
            Future<?> second = writers.submit(() -> writeOften(small, file));
            first.get();
            second.get();
        }
        assertTrue(List.of(large.text(), small.text()).contains(Files.readString(file)));
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(List.of(file), left.toList());
        }
    }

    private static boolean writeOften(LastKnownPlace place, Path file) throws MetadataException {
        for (int i = 0; i < TIMES; i++) {
            place.write(file);
        }
        return true;
    }
}
