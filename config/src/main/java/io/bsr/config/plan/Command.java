package io.bsr.config.plan;

import java.util.ArrayList;
import java.util.List;

/**
 * One call of a lower tool.
 *
 * @param stage when it runs
 * @param resource for which resource
 * @param program the tool
 * @param arguments its arguments, without the program
 */
public record Command(Stage stage, String resource, Program program, List<String> arguments) {

    /** Minor, format, device and index stand before the command of the metadata tool. */
    private static final int META_HEAD = 4;

    /** The tools that are called. */
    public enum Program {
        BSRSETUP("bsrsetup"),
        BSRMETA("bsrmeta"),
        PROXY_CTL("bsr-proxy-ctl");

        private final String fileName;

        Program(String fileName) {
            this.fileName = fileName;
        }

        public String fileName() {
            return fileName;
        }
    }

    public Command {
        arguments = List.copyOf(arguments);
    }

    /** The name of the tool's own command, for messages such as {@code failed(attach:0:20)}. */
    public String verb() {
        return switch (program) {
            case BSRSETUP, PROXY_CTL -> arguments.getFirst();
            case BSRMETA ->
                arguments.stream()
                        .skip(META_HEAD)
                        .filter(argument -> !argument.startsWith("--"))
                        .findFirst()
                        .orElse("");
        };
    }

    /** Program and arguments. */
    public List<String> argv() {
        return argv(program.fileName());
    }

    /** The same with another name for the program. */
    public List<String> argv(String path) {
        List<String> argv = new ArrayList<>();
        argv.add(path);
        argv.addAll(arguments);
        return argv;
    }

    /** The line that a dry run prints: shell text, what is special behind a backslash. */
    public String shellLine() {
        return ShellText.line(argv());
    }

    @Override
    public String toString() {
        return shellLine();
    }
}
