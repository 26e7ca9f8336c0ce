package io.bsr.config.running;

import io.bsr.config.declared.MetaDisk;
import io.bsr.config.diagnostic.ConfigException;
import io.bsr.config.diagnostic.Diagnostics;
import io.bsr.config.diagnostic.SourceFile;
import io.bsr.config.option.OptionGroup;
import io.bsr.config.option.OptionTable;
import io.bsr.config.option.Setting;
import io.bsr.config.option.Settings;
import io.bsr.config.running.RunningResource.RunningConnection;
import io.bsr.config.running.RunningResource.RunningDisk;
import io.bsr.config.running.RunningResource.RunningPath;
import io.bsr.config.running.RunningResource.RunningVolume;
import io.bsr.config.syntax.Item;
import io.bsr.config.syntax.SyntaxParser;
import io.bsr.config.syntax.SyntaxTree;
import io.bsr.config.syntax.Token;
import io.bsr.config.syntax.TokenKind;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads the output of {@code bsrsetup show}; command-line reference, section 3.7.1. Statements and options that are not
 * known are passed over: the engine may be newer than the tools.
 */
public final class RunningReader {
    private RunningReader() {}

    /**
     * The resources shown.
     *
     * @throws ConfigException if the text is not in the language
     */
    public static List<RunningResource> read(String text) throws ConfigException {
        Diagnostics diagnostics = new Diagnostics();
        SourceFile source = SourceFile.of("bsrsetup show", text);
        diagnostics.register(source);
        SyntaxTree tree = SyntaxParser.parse(source, diagnostics);
        if (diagnostics.hasErrors()) {
            throw new ConfigException(diagnostics.list());
        }
        List<RunningResource> resources = new ArrayList<>();
        for (Item item : tree.items()) {
            if (item instanceof Item.Section section
                    && section.first().isWord("resource")
                    && section.words().size() == 2) {
                resources.add(resource(section.words().get(1).value(), section.items()));
            }
        }
        return resources;
    }

    private static RunningResource resource(String name, List<Item> items) {
        ThisHost host = new ThisHost();
        Settings options = Settings.NONE;
        List<RunningConnection> connections = new ArrayList<>();
        for (Item item : items) {
            if (item instanceof Item.Section section) {
                switch (keyword(section)) {
                    case "options" -> options = settings(section.items(), OptionGroup.RESOURCE);
                    case "_this_host" -> host.read(section.items());
                    case "connection" -> connections.add(connection(section.items()));
                    default -> {}
                }
            }
        }
        return new RunningResource(
                name, options, host.nodeId, host.nodeName, host.group, host.nodeOptions, host.volumes, connections);
    }

    private static String keyword(Item item) {
        return item.first().text();
    }

    /** The second word of a statement. */
    private static String value(Item.Statement statement) {
        return statement.words().size() < 2 ? "" : statement.words().get(1).value();
    }

    /** A number of at most nine digits, -1 if it is none. */
    private static int number(String text) {
        boolean digits = !text.isEmpty() && text.length() <= 9 && text.chars().allMatch(c -> c >= '0' && c <= '9');
        return digits ? Integer.parseInt(text) : -1;
    }

    private static Settings settings(List<Item> items, OptionGroup group) {
        List<Setting> settings = new ArrayList<>();
        for (Item item : items) {
            if (item instanceof Item.Statement statement && statement.words().size() == 2) {
                Token name = statement.words().getFirst();
                OptionTable.find(group, name.value())
                        .ifPresent(
                                option -> settings.add(new Setting(option, value(statement), name.location(), false)));
            }
        }
        return new Settings(settings);
    }

    /** The section of the own node. */
    private static final class ThisHost {
        private int nodeId = -1;
        private String nodeName = "";
        private String group = "";
        private Settings nodeOptions = Settings.NONE;
        private final SortedMap<Integer, RunningVolume> volumes = new TreeMap<>();

        void read(List<Item> items) {
            for (Item item : items) {
                if (item instanceof Item.Statement statement) {
                    switch (keyword(statement)) {
                        case "node-id" -> nodeId = number(value(statement));
                        case "node-name" -> nodeName = value(statement);
                        case "group" -> group = value(statement);
                        default -> {}
                    }
                } else if (item instanceof Item.Section section) {
                    if (keyword(section).equals("options")) {
                        nodeOptions = settings(section.items(), OptionGroup.NODE);
                    } else if (keyword(section).equals("volume")
                            && section.words().size() == 2) {
                        RunningVolume volume =
                                volume(number(section.words().get(1).value()), section.items());
                        volumes.put(volume.number(), volume);
                    }
                }
            }
        }
    }

    private static RunningVolume volume(int number, List<Item> items) {
        int minor = -1;
        String disk = "";
        @Nullable MetaDisk metaDisk = null;
        Settings options = Settings.NONE;
        for (Item item : items) {
            if (item instanceof Item.Section section && keyword(section).equals("disk")) {
                options = settings(section.items(), OptionGroup.DISK);
            } else if (item instanceof Item.Statement statement) {
                switch (keyword(statement)) {
                    case "device" -> minor = number(statement.words().getLast().value());
                    case "disk" -> disk = value(statement);
                    case "meta-disk" -> metaDisk = metaDisk(statement.words());
                    default -> {}
                }
            }
        }
        boolean none = disk.equals("none");
        RunningDisk attached = disk.isEmpty() || none || metaDisk == null ? null : new RunningDisk(disk, metaDisk);
        return new RunningVolume(number, minor, attached, none, options);
    }

    private static @Nullable MetaDisk metaDisk(List<Token> words) {
        if (words.size() < 2) {
            return null;
        }
        String device = words.get(1).value();
        if (words.size() == 5 && words.get(2).is(TokenKind.OPEN_BRACKET)) {
            return new MetaDisk.Indexed(device, number(words.get(3).value()));
        }
        if (words.size() == 3) {
            return new MetaDisk.FileBacked(device, words.get(2).value());
        }
        return words.get(1).isWord("internal") ? new MetaDisk.Internal() : new MetaDisk.Flexible(device);
    }

    private static RunningConnection connection(List<Item> items) {
        int peerNodeId = -1;
        String peerName = "";
        String peerGroup = "";
        boolean standAlone = false;
        Settings net = Settings.NONE;
        List<RunningPath> paths = new ArrayList<>();
        SortedMap<Integer, Settings> peerDevices = new TreeMap<>();
        for (Item item : items) {
            switch (keyword(item)) {
                case "_peer_node_id" -> peerNodeId = item instanceof Item.Statement s ? number(value(s)) : -1;
                case "_peer_node_name" -> peerName = item instanceof Item.Statement s ? value(s) : "";
                case "_peer_node_group" -> peerGroup = item instanceof Item.Statement s ? value(s) : "";
                case "_is_standalone" -> standAlone = true;
                default -> {}
            }
            if (item instanceof Item.Section section) {
                switch (keyword(section)) {
                    case "path" -> {
                        RunningPath path = RunningAddress.path(section.items());
                        if (path != null) {
                            paths.add(path);
                        }
                    }
                    case "net" -> net = settings(section.items(), OptionGroup.NET);
                    case "volume" -> peerDevice(section, peerDevices);
                    default -> {}
                }
            }
        }
        return new RunningConnection(peerNodeId, peerName, peerGroup, paths, net, peerDevices, standAlone);
    }

    private static void peerDevice(Item.Section section, SortedMap<Integer, Settings> peerDevices) {
        if (section.words().size() != 2) {
            return;
        }
        int number = number(section.words().get(1).value());
        for (Item item : section.items()) {
            if (item instanceof Item.Section disk && keyword(disk).equals("disk")) {
                peerDevices.put(number, settings(disk.items(), OptionGroup.PEER_DEVICE));
            }
        }
    }
}
