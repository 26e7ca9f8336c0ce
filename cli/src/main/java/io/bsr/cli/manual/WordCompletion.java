package io.bsr.cli.manual;

import io.bsr.cli.argument.ToolManual;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Completion for a tool whose commands and options may stand anywhere, beside names of files. */
final class WordCompletion {
    private static final String FIRST_LINE = "# Generated from the tables of the tools; CommittedPagesTest says how.\n";

    private WordCompletion() {}

    static String bash(ToolManual tool) {
        return FIRST_LINE + "_" + tool.name() + "() {\n"
                + "    local word=${COMP_WORDS[COMP_CWORD]}\n"
                + "    COMPREPLY=($(compgen -W '" + words(tool, " ") + "' -- \"$word\"; compgen -f -- \"$word\"))\n"
                + "}\n"
                + "complete -F _" + tool.name() + " " + tool.name() + "\n";
    }

    static String zsh(ToolManual tool) {
        StringBuilder script =
                new StringBuilder("#compdef ").append(tool.name()).append('\n').append(FIRST_LINE);
        script.append("local -a words\nwords=(\n");
        tool.commands().forEach(c -> script.append("    ")
                .append(ZshCompletion.quoted(c.verb() + ":" + c.text()))
                .append('\n'));
        tool.options().forEach(o -> script.append("    ")
                .append(ZshCompletion.quoted("--" + o.key() + ":" + o.text()))
                .append('\n'));
        return script.append(")\n_describe command words\n_files\n").toString();
    }

    private static String words(ToolManual tool, String between) {
        return Stream.concat(
                        tool.commands().stream().map(ToolManual.Entry::verb),
                        tool.options().stream().map(option -> "--" + option.key()))
                .collect(Collectors.joining(between));
    }
}
