package io.bsr.engine.handler;

import io.bsr.control.EngineFiles;
import io.bsr.control.setting.Setting;
import io.bsr.control.setting.SettingFiles;
import java.io.IOException;
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

    /** Written by {@code bsrcon /handler_use 1}. */
    Path switchFile() {
        return new SettingFiles(files).file(Setting.HANDLER_USE);
    }

    /** Whether handlers are run at all; read anew each time. May wait for a disk. */
    boolean on() throws IOException {
        return new SettingFiles(files).text(Setting.HANDLER_USE).equals("1");
    }
}
