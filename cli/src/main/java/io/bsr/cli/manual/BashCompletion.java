package io.bsr.cli.manual;

import io.bsr.cli.argument.Option;
import io.bsr.cli.argument.ToolManual;
import java.util.List;

/** Completion for bash: commands, then options and the names of resources. */
final class BashCompletion {
    private BashCompletion() {}

    static String of(ToolManual tool) {
        StringBuilder script =
                new StringBuilder("# Generated from the tables of the tools; CommittedPagesTest says how.\n");
        String function = "_" + tool.name();
        script.append(function).append("() {\n");
        script.append("    local word=${COMP_WORDS[COMP_CWORD]} verb='' each options names\n");
        script.append("    for each in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n");
        script.append("        case $each in -*) ;; *) verb=$each; break ;; esac\n");
        script.append("    done\n");
        script.append("    case $verb in\n");
        script.append("        '') options='").append(names(tool.options())).append("'\n");
        script.append("            names='").append(verbs(tool)).append("' ;;\n");
        for (ToolManual.Entry command : tool.commands()) {
            if (!command.options().isEmpty()) {
                script.append("        ").append(command.verb()).append(") options='");
                script.append(names(command.options())).append("' ;;\n");
            }
        }
        script.append("    esac\n");
        script.append("    [ -z \"$verb\" ] || names=\"$(")
                .append(tool.listNames())
                .append(" 2>/dev/null)\"\n");
        script.append("    case $word in -*) names=$options ;; esac\n");
        script.append("    COMPREPLY=($(compgen -W \"$names\" -- \"$word\"))\n");
        script.append("}\n");
        script.append("complete -F ")
                .append(function)
                .append(' ')
                .append(tool.name())
                .append('\n');
        return script.toString();
    }

    static String verbs(ToolManual tool) {
        return String.join(
                " ", tool.commands().stream().map(ToolManual.Entry::verb).toList());
    }

    static String names(List<Option> options) {
        return String.join(
                " ",
                options.stream()
                        .map(option -> "--" + option.key() + (option.value() == Option.Value.REQUIRED ? "=" : ""))
                        .toList());
    }
}
