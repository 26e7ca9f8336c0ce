package io.bsr.engine.handler;

import io.bsr.control.EngineFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * How handlers are run.
 *
 * @param files of the engine
 * @param node name of this node, which the program must not find out in another way
 * @param program that is given the name of a handler and of a resource
 * @param limit for one run; more than the program itself allows the command
 */
public record HandlerSettings(EngineFiles files, String node, String program, Duration limit) {
    /** {@code cmd-timeout-long} has at most 15 minutes. */
    public static final Duration USUAL_LIMIT = Duration.ofMinutes(16);

    private static final int MOST_BYTES = 16;

    /** Written by {@code bsrcon /handler_use 1}. */
    Path switchFile() {
        return files.root().resolve("etc/bsr.d/.handler_use");
    }

    /** Whether handlers are run at all; read anew each time. May wait for a disk. */
    boolean on() throws IOException {
        try {
            return Files.size(switchFile()) <= MOST_BYTES
                    && Files.readString(switchFile()).strip().equals("1");
        } catch (NoSuchFileException e) {
            return false;
        }
    }
}
