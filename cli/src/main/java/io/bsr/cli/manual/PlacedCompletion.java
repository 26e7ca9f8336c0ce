package io.bsr.cli.manual;

import io.bsr.cli.argument.ToolManual;
import java.util.List;

/** Completion for a tool whose command stands behind other words: {@code bsrmeta 0 v09 /dev/vdb internal dump-md}. */
final class PlacedCompletion {
    private static final String FIRST_LINE = "# Generated from the tables of the tools; CommittedPagesTest says how.\n";

    private PlacedCompletion() {}

    static String bash(ToolManual tool) {
        StringBuilder script = new StringBuilder(FIRST_LINE);
        String function = "_" + tool.name();
        script.append(function).append("() {\n");
        script.append("    local word=${COMP_WORDS[COMP_CWORD]} count=0 last='' verb='' each options names\n");
        // An option and its value reach a completion as three words: the name, =, the value.
        script.append("    for each in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n");
        script.append("        case $last:$each in *:-*|*:=|=:*) ;; *) verb=$each; count=$((count + 1)) ;; esac\n");
        script.append("        last=$each\n    done\n");
        script.append("    case $count in\n");
        for (int i = 0; i < tool.places().size(); i++) {
            List<String> words = tool.places().get(i).words();
            script.append("        ").append(i).append(") ");
            script.append(words.isEmpty() ? "" : "names='" + String.join(" ", words) + "' ")
                    .append(";;\n");
        }
        script.append("        ").append(tool.places().size()).append(") names='");
        script.append(BashCompletion.verbs(tool)).append("' ;;\n    esac\n");
        script.append("    options='")
                .append(BashCompletion.names(tool.options()))
                .append("'\n");
        script.append("    case $verb in\n");
        for (ToolManual.Entry command : tool.commands()) {
            if (!command.options().isEmpty()) {
                script.append("        ").append(command.verb()).append(") options=\"$options ");
                script.append(BashCompletion.names(command.options())).append("\" ;;\n");
            }
        }
        script.append("    esac\n");
        script.append("    case $word in\n");
        script.append("        -*) COMPREPLY=($(compgen -W \"$options\" -- \"$word\")) ;;\n");
        script.append("        *) if [ -n \"$names\" ]; then COMPREPLY=($(compgen -W \"$names\" -- \"$word\"))\n");
        script.append("            else COMPREPLY=($(compgen -f -- \"$word\")); fi ;;\n");
        script.append("    esac\n}\n");
        script.append("complete -F ")
                .append(function)
                .append(' ')
                .append(tool.name())
                .append('\n');
        return script.toString();
    }

    static String zsh(ToolManual tool) {
        StringBuilder script =
                new StringBuilder("#compdef ").append(tool.name()).append('\n').append(FIRST_LINE);
        script.append("local -a commands options plain\ncommands=(\n");
        for (ToolManual.Entry command : tool.commands()) {
            script.append("    ")
                    .append(ZshCompletion.quoted(command.verb() + ":" + command.text()))
                    .append('\n');
        }
        script.append(")\noptions=(")
                .append(ZshCompletion.options(tool.options()))
                .append(")\n");
        script.append("plain=(${words[2,CURRENT-1]:#-*})\n");
        int command = tool.places().size() + 1;
        script.append("case $plain[").append(command).append("] in\n");
        for (ToolManual.Entry entry : tool.commands()) {
            if (!entry.options().isEmpty()) {
                script.append("    ").append(entry.verb()).append(") options+=(");
                script.append(ZshCompletion.options(entry.options())).append(") ;;\n");
            }
        }
        script.append("esac\n_describe -o option options\ncase $#plain in\n");
        for (int i = 0; i < tool.places().size(); i++) {
            List<String> words = tool.places().get(i).words();
            script.append("    ").append(i).append(") ");
            script.append(words.isEmpty() ? "_files" : "compadd " + String.join(" ", words))
                    .append(" ;;\n");
        }
        script.append("    ").append(command - 1).append(") _describe command commands ;;\n");
        script.append("    *) _files ;;\nesac\n");
        return script.toString();
    }
}
