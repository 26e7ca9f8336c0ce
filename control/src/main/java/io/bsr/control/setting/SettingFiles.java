package io.bsr.control.setting;

import io.bsr.control.EngineFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** The files of the settings of one root. */
public record SettingFiles(EngineFiles files) {
    private static final int MOST_BYTES = 4096;

    /** Where the setting is kept. */
    public Path file(Setting setting) {
        return folder().resolve(setting.file());
    }

    private Path folder() {
        return files.root().resolve("etc/bsr.d");
    }

    /** What a setting says; empty if it is not set. May wait for a disk. */
    public String text(Setting setting) throws IOException {
        if (!Files.isDirectory(folder())) {
            return "";
        }
        try (InputStream in = Files.newInputStream(file(setting))) {
            return new String(in.readNBytes(MOST_BYTES), StandardCharsets.UTF_8).strip();
        } catch (NoSuchFileException e) {
            return "";
        }
    }

    /** The number that a setting says, or {@code usual} if it says none between {@code least} and {@code most}. */
    public int number(Setting setting, int least, int most, int usual) throws IOException {
        String text = text(setting);
        if (text.isEmpty() || text.length() > 10 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return usual;
        }
        long number = Long.parseLong(text);
        return number < least || number > most ? usual : (int) number;
    }

    /** Sets it; it is on the disk as a whole or not at all. */
    public void write(Setting setting, String text) throws IOException {
        Files.createDirectories(folder());
        Path next = Files.createTempFile(folder(), setting.file(), ".next");
        try {
            Files.writeString(next, text + "\n");
            Files.move(next, file(setting), StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(next);
        }
    }
}
