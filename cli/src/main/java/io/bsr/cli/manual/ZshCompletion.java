package io.bsr.cli.manual;

import io.bsr.cli.argument.Option;
import io.bsr.cli.argument.ToolManual;
import java.util.List;

/** Completion for zsh: commands with what they do, then options and the names of resources. */
final class ZshCompletion {
    private ZshCompletion() {}

    static String of(ToolManual tool) {
        StringBuilder script =
                new StringBuilder("#compdef ").append(tool.name()).append('\n');
        script.append("# Generated from the tables of the tools; CommittedPagesTest says how.\n");
        script.append("local -a commands options names\n");
        script.append("commands=(\n");
        for (ToolManual.Entry command : tool.commands()) {
            script.append("    ")
                    .append(quoted(command.verb() + ":" + command.text()))
                    .append('\n');
        }
        script.append(")\n");
        script.append("if (( CURRENT == 2 )); then\n    _describe command commands\n    return\nfi\n");
        script.append("case $words[2] in\n");
        for (ToolManual.Entry command : tool.commands()) {
            if (!command.options().isEmpty()) {
                script.append("    ")
                        .append(command.verb())
                        .append(") options=(")
                        .append(options(command.options()));
                script.append(") ;;\n");
            }
        }
        script.append("esac\n");
        script.append("names=(${(f)\"$(").append(tool.listNames()).append(" 2>/dev/null)\"})\n");
        script.append("_describe -o option options\n_describe resource names\n");
        return script.toString();
    }

    static String options(List<Option> options) {
        return String.join(
                " ",
                options.stream()
                        .map(option -> quoted("--" + option.key() + ":" + option.text()))
                        .toList());
    }

    static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }
}
