package io.bsr.cli.manual;

import io.bsr.config.option.OptionDefinition;
import io.bsr.config.option.OptionGroup;
import io.bsr.config.option.OptionTable;
import io.bsr.config.option.SectionKind;
import java.util.List;

/** The page that lists every option of the configuration. */
final class OptionPage {
    private OptionPage() {}

    static String text() {
        StringBuilder page = new StringBuilder(ManualPages.GENERATED);
        page.append("""
                # Options

                Every option that a configuration or a command line can have. A number may end in one of the letters K, M, G \
                (2^10, 2^20, 2^30 bytes) or s (sectors of 512 bytes); without one it counts in the unit of its row. Every \
                option in a file needs a value. *Changes* says when a new value takes effect on a resource that runs.
                """);
        for (OptionGroup group : OptionGroup.values()) {
            section(page, group);
        }
        return page.toString();
    }

    private static void section(StringBuilder page, OptionGroup group) {
        page.append("\n## ").append(title(group)).append("\n\n").append(where(group)).append("\n\n");
        page.append("| option | values | unit | default | on Windows | changes | meaning |\n");
        page.append("|---|---|---|---|---|---|---|\n");
        for (OptionDefinition option : OptionTable.of(group)) {
            boolean derived = option.written() == OptionDefinition.Written.DERIVED;
            List<String> cells = List.of(
                    "`" + option.name() + "`",
                    cell(option.valuesText()),
                    option.unit(),
                    cell(option.defaultText()),
                    option.windows(),
                    option.change().shown(),
                    cell(option.text() + (derived ? "; follows from the rest of the configuration" : "")));
            page.append("| ").append(String.join(" | ", cells)).append(" |\n");
        }
    }

    private static String cell(String text) {
        return text.replace("|", "\\|");
    }

    private static String title(OptionGroup group) {
        return switch (group) {
            case DISK -> "Disks";
            case PEER_DEVICE -> "Volumes towards a peer";
            case NET -> "Connections";
            case RESOURCE -> "Resources";
            case NODE -> "Nodes";
            case STARTUP -> "Waiting";
            case HANDLER -> "Handlers";
            case PROXY -> "Accelerators";
            case COMMAND -> "Options of commands";
        };
    }

    private static String where(OptionGroup group) {
        if (group.parents().isEmpty()) {
            return "Only on command lines.";
        }
        List<String> parents = group.parents().stream().map(SectionKind::shown).toList();
        return "Written in `" + group.section() + "` sections, which may stand in: " + String.join(", ", parents) + ".";
    }
}
