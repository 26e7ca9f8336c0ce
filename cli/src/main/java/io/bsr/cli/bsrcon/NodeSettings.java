package io.bsr.cli.bsrcon;

import io.bsr.base.error.Outcome;
import io.bsr.cli.terminal.Surroundings;
import io.bsr.control.ControlClient;
import io.bsr.control.ControlException;
import io.bsr.control.command.Command;
import io.bsr.control.setting.Setting;
import io.bsr.control.setting.SettingFiles;
import java.io.IOException;

/** Sets a setting: its file, then the engine if one runs. */
record NodeSettings(Surroundings surroundings, SettingFiles files) {
    static NodeSettings of(Surroundings surroundings) {
        return new NodeSettings(surroundings, new SettingFiles(surroundings.files()));
    }

    /** For settings that are read whenever they matter. */
    void write(Setting setting, String text) throws ConException {
        try {
            files.write(setting, text);
        } catch (IOException e) {
            throw new ConException(
                    ConException.FAILED, files.file(setting) + " cannot be written: " + e + ". Run as root.");
        }
    }

    /** For settings that the engine has to be told of. */
    void writeAndTell(Setting setting, String text) throws ConException {
        write(setting, text);
        tell();
    }

    /** Without an engine there is nobody to be told: the next one reads the files. */
    private void tell() throws ConException {
        try (ControlClient client = ControlClient.connect(surroundings.files())) {
            Outcome outcome = client.run(new Command.ReadSettings());
            if (!outcome.success()) {
                throw new ConException(ConException.FAILED, "bsrd does not take it over: " + outcome.detail());
            }
        } catch (ControlException e) {
            if (e.kind() != ControlException.Kind.NOT_RUNNING) {
                throw new ConException(ConException.FAILED, String.valueOf(e.getMessage()));
            }
        }
    }

    /** Reads 0 or 1. */
    static boolean flag(ConCommand command, String text) throws ConException {
        return switch (text) {
            case "0" -> false;
            case "1" -> true;
            default -> throw wrong(command, text);
        };
    }

    static int number(ConCommand command, String text, int least, int most) throws ConException {
        if (text.matches("[0-9]{1,5}")) {
            int number = Integer.parseInt(text);
            if (number >= least && number <= most) {
                return number;
            }
        }
        throw wrong(command, text);
    }

    static ConException wrong(ConCommand command, String text) {
        return new ConException(
                ConException.USAGE,
                "\"" + text + "\" is not for " + command.word() + "; usage: bsrcon " + command.usage());
    }
}
