package io.bsr.config.running;

import io.bsr.config.declared.MetaDisk;
import io.bsr.config.option.OptionDefinition;
import io.bsr.config.option.OptionGroup;
import io.bsr.config.option.OptionTable;
import io.bsr.config.option.OptionType;
import io.bsr.config.option.OptionValue;
import io.bsr.config.option.Settings;
import io.bsr.config.running.RunningResource.RunningConnection;
import io.bsr.config.running.RunningResource.RunningDisk;
import io.bsr.config.running.RunningResource.RunningVolume;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Prints a running resource as {@code bsrsetup show} does; command-line reference, section 3.7.1. */
public final class ShowText {
    /** Told to the engine beside the options, and shown beside them. */
    private static final Set<String> SHOWN_ELSEWHERE =
            Set.of("node-name", "group", "peer-node-name", "peer-node-group");

    private final StringBuilder out = new StringBuilder();
    private final boolean showDefaults;
    private int depth;

    private ShowText(boolean showDefaults) {
        this.showDefaults = showDefaults;
    }

    /** The text of one resource, without the empty line that separates resources. */
    public static String of(RunningResource resource, boolean showDefaults) {
        ShowText text = new ShowText(showDefaults);
        text.resource(resource);
        return text.out.toString();
    }

    private void line(String text) {
        out.append("    ".repeat(depth)).append(text).append('\n');
    }

    private void open(String head) {
        line(head + " {");
        depth++;
    }

    private void close() {
        depth--;
        line("}");
    }

    private static String quoted(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }

    private void resource(RunningResource resource) {
        open("resource " + (isPlain(resource.name()) ? resource.name() : quoted(resource.name())));
        options("options", OptionGroup.RESOURCE, resource.options());
        open("_this_host");
        line("node-id\t\t\t" + resource.nodeId() + ";");
        line("node-name\t\t" + quoted(resource.nodeName()) + ";");
        line("group\t\t" + quoted(resource.group()) + ";");
        resource.volumes().values().forEach(this::volume);
        options("options", OptionGroup.NODE, resource.nodeOptions());
        close();
        resource.connections().forEach(this::connection);
        close();
    }

    private static boolean isPlain(String name) {
        return name.chars().allMatch(c -> Character.isLetterOrDigit(c) || "./_-".indexOf(c) >= 0);
    }

    private void volume(RunningVolume volume) {
        open("volume " + volume.number());
        line("device\t\t\tminor " + volume.minor() + ";");
        RunningDisk backing = volume.backing();
        if (backing != null) {
            line("disk\t\t\t" + quoted(backing.disk()) + ";");
            line("meta-disk\t\t\t" + metaDisk(backing.metaDisk()) + ";");
        }
        if (backing == null && volume.diskless()) {
            line("disk\t\t\tnone;");
        }
        options("disk", OptionGroup.DISK, volume.diskOptions());
        close();
    }

    private static String metaDisk(MetaDisk metaDisk) {
        return switch (metaDisk) {
            case MetaDisk.Internal ignored -> "internal";
            case MetaDisk.Flexible f -> quoted(f.device());
            case MetaDisk.Indexed i -> quoted(i.device()) + " [ " + i.index() + " ]";
            case MetaDisk.FileBacked f -> quoted(f.device()) + " " + quoted(f.file());
        };
    }

    private void connection(RunningConnection connection) {
        open("connection");
        line("_peer_node_id " + connection.peerNodeId() + ";");
        line("_peer_node_name\t" + quoted(connection.peerName()) + ";");
        line("_peer_node_group\t" + quoted(connection.peerGroup()) + ";");
        if (connection.standAlone()) {
            line("_is_standalone;");
        }
        connection.paths().forEach(path -> {
            open("path");
            line("_this_host " + path.local().text() + ";");
            line("_remote_host " + path.remote().text() + ";");
            close();
        });
        options("net", OptionGroup.NET, connection.net());
        connection.peerDevices().forEach((number, settings) -> {
            List<String> lines = optionLines(OptionGroup.PEER_DEVICE, settings);
            if (!lines.isEmpty()) {
                open("volume " + number);
                section("disk", lines);
                close();
            }
        });
        close();
    }

    private void options(String head, OptionGroup group, Settings settings) {
        List<String> lines = optionLines(group, settings);
        if (!lines.isEmpty()) {
            section(head, lines);
        }
    }

    private void section(String head, List<String> lines) {
        open(head);
        lines.forEach(this::line);
        close();
    }

    private List<String> optionLines(OptionGroup group, Settings settings) {
        List<String> lines = new ArrayList<>();
        for (OptionDefinition option : OptionTable.of(group)) {
            Optional<String> value = settings.value(option.name());
            boolean isDefault = value.isEmpty() || OptionValue.isDefault(option, value.get());
            boolean derived = option.written() == OptionDefinition.Written.DERIVED;
            boolean ours = option.written() == OptionDefinition.Written.OURS;
            boolean shown = derived ? value.isPresent() : (showDefaults && !ours) || !isDefault;
            if (shown && !SHOWN_ELSEWHERE.contains(option.name())) {
                lines.add(optionLine(option, value.orElse(option.defaultText()), isDefault && !derived));
            }
        }
        return lines;
    }

    private static String optionLine(OptionDefinition option, String value, boolean isDefault) {
        String shown = OptionValue.isQuotedInShow(option) ? quoted(value) : OptionValue.shown(option, value);
        String comment = option.unit() + (isDefault ? (option.unit().isEmpty() ? "" : ", ") + "default" : "");
        boolean withUnit = option.type() instanceof OptionType.Numeric || isDefault;
        return String.format("%-16s\t%s;", option.name(), shown)
                + (comment.isEmpty() || !withUnit ? "" : " # " + comment);
    }
}
