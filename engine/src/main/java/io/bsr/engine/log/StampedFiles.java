package io.bsr.engine.log;

import ch.qos.logback.core.rolling.RollingPolicyBase;
import ch.qos.logback.core.rolling.RolloverFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.stream.Stream;

/** Puts a log file aside as {@code bsr.log_2026-11-23T032000}, as the tools do with theirs, and removes the oldest. */
final class StampedFiles extends RollingPolicyBase {
    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HHmmss");

    private final Path file;
    private volatile int kept;

    /**
     * @param kept how many files are kept, the one in use among them
     */
    StampedFiles(Path file, int kept) {
        this.file = file;
        this.kept = kept;
    }

    void keep(int files) {
        kept = files;
        try {
            removeOldest(files - 1);
        } catch (IOException e) {
            addWarn("old log files of " + file + " cannot be removed", e);
        }
    }

    @Override
    public void rollover() throws RolloverFailure {
        Path aside = file.resolveSibling(
                file.getFileName() + "_" + LocalDateTime.now(ZoneOffset.UTC).format(STAMP));
        try {
            // Twice within a second: this file simply grows on.
            if (!Files.exists(aside)) {
                Files.move(file, aside);
            }
            removeOldest(kept - 1);
        } catch (IOException e) {
            throw new RolloverFailure("the log file " + file + " cannot be put aside", e);
        }
    }

    private void removeOldest(int left) throws IOException {
        List<Path> aside;
        try (Stream<Path> files = Files.list(file.resolveSibling("."))) {
            aside = files.filter(each -> each.getFileName().toString().startsWith(file.getFileName() + "_"))
                    .sorted()
                    .toList();
        }
        for (Path oldest : aside.subList(0, Math.max(0, aside.size() - left))) {
            Files.deleteIfExists(oldest);
        }
    }

    @Override
    public String getActiveFileName() {
        return file.toString();
    }
}
