package io.bsr.cli.manual;

import io.bsr.cli.argument.Option;
import io.bsr.cli.argument.ToolManual;
import io.bsr.config.option.OptionDefinition;
import io.bsr.config.option.OptionGroup;
import io.bsr.config.option.OptionTable;
import io.bsr.config.option.SectionKind;
import java.util.List;
import java.util.Locale;

/** Manual pages for {@code man}. */
final class RoffPage {
    private final StringBuilder page = new StringBuilder();

    private RoffPage(String name, int section) {
        page.append(".\\\" Generated from the tables of the tools; CommittedPagesTest says how.\n");
        page.append(".TH ").append(name.toUpperCase(Locale.ROOT)).append(' ').append(section);
        page.append(" \"\" \"bsr\" \"bsr\"\n");
    }

    static String of(ToolManual tool) {
        RoffPage page = new RoffPage(tool.name(), 8);
        page.heading("NAME");
        page.line(tool.name() + " \\- " + escaped(tool.purpose()));
        page.heading("SYNOPSIS");
        page.bold(tool.synopsis());
        if (!tool.options().isEmpty()) {
            page.heading("OPTIONS");
            tool.options().forEach(page::option);
        }
        if (!tool.commands().isEmpty()) {
            page.heading("COMMANDS");
        }
        for (ToolManual.Entry command : tool.commands()) {
            page.line(
                    ".SS " + escaped(command.verb() + " " + command.operands()).strip());
            page.line(escaped(sentence(command.text())));
            command.options().forEach(page::option);
        }
        page.heading("SEE ALSO");
        page.line(".BR bsradm (8),\n.BR bsrsetup (8),\n.BR bsrmeta (8),\n.BR bsr.conf (5)");
        return page.page.toString();
    }

    static String ofConfiguration() {
        RoffPage page = new RoffPage("bsr.conf", 5);
        page.heading("NAME");
        page.line("bsr.conf \\- configuration of replicated resources");
        page.heading("DESCRIPTION");
        page.line(
                "A configuration consists of sections and statements: words that end in a semicolon, or in a block in braces.");
        page.line("Comments begin with #. The file usually includes bsr.d/global_common.conf and bsr.d/*.res.");
        for (OptionGroup group : OptionGroup.values()) {
            if (!group.parents().isEmpty()) {
                page.group(group);
            }
        }
        page.heading("SEE ALSO");
        page.line(".BR bsradm (8)");
        return page.page.toString();
    }

    private void group(OptionGroup group) {
        heading("OPTIONS OF " + group.name().replace('_', ' '));
        List<String> parents = group.parents().stream().map(SectionKind::shown).toList();
        line(escaped("In " + group.section() + " sections, which may stand in: " + String.join(", ", parents) + "."));
        for (OptionDefinition option : OptionTable.of(group)) {
            if (option.inFiles()) {
                line(".TP");
                bold(option.name() + " " + option.valuesText());
                String unit = option.unit().isEmpty() ? "" : " In " + option.unit() + ".";
                String standard = option.defaultText().isEmpty() ? "" : " Default: " + option.defaultText() + ".";
                line(escaped(sentence(option.text()) + unit + standard + " Changes: "
                        + option.change().shown() + "."));
            }
        }
    }

    private void heading(String text) {
        line(".SH " + text);
    }

    private void line(String text) {
        page.append(text).append('\n');
    }

    private void bold(String text) {
        line(".B " + escaped(text));
    }

    private void option(Option option) {
        line(".TP");
        bold(option.help().lines().findFirst().orElse("").strip().replaceFirst(" {2,}.*", ""));
        line(escaped(sentence(option.text())));
    }

    private static String sentence(String text) {
        return Character.toUpperCase(text.charAt(0)) + text.substring(1) + ".";
    }

    /** Backslashes and leading dots have a meaning, and hyphens would become typographic ones. */
    private static String escaped(String text) {
        String plain = text.replace("\\", "\\e").replace("-", "\\-").replace("…", "...");
        return plain.startsWith(".") || plain.startsWith("'") ? "\\&" + plain : plain;
    }
}
