package io.bsr.cli.bsradm;

import io.bsr.cli.argument.Option;
import io.bsr.config.plan.AdmCommand;
import java.util.ArrayList;
import java.util.List;

/** What {@code help} and {@code hidden-commands} print, in the layout of the original. */
final class HelpText {
    private static final int COLUMN = 35;

    private HelpText() {}

    /** The general list of options and commands. */
    static String general(String version) {
        StringBuilder text = new StringBuilder("\nUSAGE: bsradm COMMAND [OPTION...] {all|RESOURCE...}\n");
        generalOptions(text);
        text.append("\nCOMMANDS:\n");
        columns(text, verbs(AdmCommand.Level.NORMAL));
        return version(text, version);
    }

    /** What one command does and takes. */
    static String command(AdmCommand command, List<Option> own, String version) {
        StringBuilder text =
                new StringBuilder("\nUSAGE: bsradm " + command.verb() + " [OPTION...] {all|RESOURCE...}\n\n");
        text.append(sentence(command.text())).append('\n');
        generalOptions(text);
        if (!own.isEmpty()) {
            text.append("\nOPTIONS FOR ").append(command.verb()).append(":\n");
            own.forEach(option -> text.append(option.help()).append('\n'));
        }
        return version(text, version);
    }

    /** A handler has no options. */
    static String handler(String name, String version) {
        StringBuilder text = new StringBuilder("\nUSAGE: bsradm " + name + " [OPTION...] RESOURCE\n\n");
        text.append("Run the handler of that name.\n");
        generalOptions(text);
        return version(text, version);
    }

    private static String sentence(String text) {
        return Character.toUpperCase(text.charAt(0)) + text.substring(1) + ".";
    }

    private static void generalOptions(StringBuilder text) {
        text.append("\nGENERAL OPTIONS:\n");
        text.append("  --root=...\n");
        for (Option option : GeneralOptions.ALL) {
            boolean valued = option.value() == Option.Value.REQUIRED;
            String names = String.join(
                    ", ",
                    option.names().stream()
                            .map(name -> !valued ? name : name.startsWith("--") ? name + "=..." : name + " ...")
                            .toList());
            text.append("  ").append(names).append('\n');
        }
    }

    private static String version(StringBuilder text, String version) {
        return text.append("\nVersion: ").append(version).append(" (api:2)\n").toString();
    }

    private static List<String> verbs(AdmCommand.Level level) {
        return AdmCommand.of(level).stream().map(AdmCommand::verb).toList();
    }

    /** The commands for scripts, handlers and experts. */
    static String hiddenCommands() {
        StringBuilder text = new StringBuilder("""

                These additional commands might be useful for writing
                nifty shell scripts around bsradm:

                """);
        columns(text, verbs(AdmCommand.Level.SCRIPT));
        text.append("\nThese commands are used by the engine to run handlers:\n\n");
        columns(text, HandlerCall.names());
        text.append("\nThese commands ought to be used by experts and developers:\n\n");
        columns(text, verbs(AdmCommand.Level.EXPERT));
        return text.append('\n').toString();
    }

    /** Two columns, filled one after the other. */
    private static void columns(StringBuilder text, List<String> words) {
        int rows = (words.size() + 1) / 2;
        for (int i = 0; i < rows; i++) {
            String left = " " + words.get(i);
            boolean right = i + rows < words.size();
            text.append(right ? left + " ".repeat(Math.max(1, COLUMN + 2 - left.length())) + words.get(i + rows) : left)
                    .append('\n');
        }
    }

    /** Every word that can be a command, for suggestions. */
    static List<String> known() {
        List<String> known = new ArrayList<>(HandlerCall.names());
        for (AdmCommand command : AdmCommand.values()) {
            known.add(command.verb());
        }
        known.add("help");
        return known;
    }
}
