package io.bsr.config.declared;

import io.bsr.config.diagnostic.DiagnosticCode;
import io.bsr.config.option.OptionGroup;
import io.bsr.config.option.Settings;
import io.bsr.config.syntax.Item;
import io.bsr.config.syntax.Token;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads one host section; configuration-language reference, section 6.1. */
final class HostReader {
    static final Set<String> KEYWORDS =
            Set.of("on", "on-linux", "on-windows", "floating", "floating-on-linux", "floating-on-windows");
    private static final int LARGEST_NODE_ID = 31;
    private static final List<String> STATEMENTS = List.of(
            "node-id",
            "address",
            "public-address",
            "group",
            "options",
            "proxy",
            "volume",
            "device",
            "disk",
            "meta-disk",
            "flexible-meta-disk",
            "skip");

    private final Reading reading;
    private final String resource;
    private Platform platform = Platform.LINUX;
    private final List<String> names = new ArrayList<>();
    private @Nullable Integer nodeId;
    private @Nullable Address address;
    private @Nullable Address publicAddress;
    private @Nullable String group;
    private @Nullable DeclaredProxy proxy;
    private Settings nodeOptions = Settings.NONE;

    HostReader(Reading reading, String resource) {
        this.reading = reading;
        this.resource = resource;
    }

    /** The host; null if its head cannot be read. */
    @Nullable DeclaredHost read(Words words) {
        Token keyword = words.next();
        platform = keyword.value().endsWith("-windows") ? Platform.WINDOWS : Platform.LINUX;
        boolean floating = keyword.value().startsWith("floating");
        List<Item> items;
        if (floating) {
            address = AddressReader.read(words);
            if (address == null) {
                return null;
            }
            names.add(address.hostName());
            items = words.isSection() || words.hasNext() ? words.block() : words.end() ? List.of() : null;
        } else {
            items = namesAndBlock(words);
        }
        if (items == null) {
            return null;
        }
        for (String name : names) {
            reading.unique("host", resource + ":" + name.toLowerCase(Locale.ROOT), name, keyword);
        }
        String key = resource + ":" + names.getFirst();
        VolumesReader volumesHere = new VolumesReader(reading, key, true, platform);

        reading.each(items, "on", Set.of("on"), inner -> statement(inner, key, floating, volumesHere));
        return new DeclaredHost(
                keyword.value(),
                names,
                platform,
                nodeId,
                address,
                publicAddress,
                group,
                nodeOptions,
                volumesHere.volumes(),
                proxy,
                keyword.location());
    }

    private @Nullable List<Item> namesAndBlock(Words words) {
        do {
            Token name = words.name("a host name");
            if (name == null) {
                return null;
            }
            names.add(name.value());
        } while (words.hasNext());
        return words.block();
    }

    private void statement(Words words, String key, boolean floating, VolumesReader volumesHere) {
        Token first = words.peek();
        String name = first.kind().isValue() ? first.text() : "";
        switch (name) {
            case "node-id" -> {
                words.next();
                nodeId = words.integer("node-id", 0, LARGEST_NODE_ID);
                words.end();
                reading.unique("node-id", key + ":node-id", "", first);
            }
            case "address" -> {
                words.next();
                Address read = AddressReader.read(words);
                words.end();
                if (floating) {
                    words.report(
                            DiagnosticCode.MISPLACED,
                            first,
                            "a floating host has its address at the beginning",
                            List.of());
                } else {
                    reading.unique("address", key + ":address", "", first);
                    address = read;
                }
            }
            case "public-address" -> {
                words.next();
                publicAddress = AddressReader.read(words);
                words.end();
            }
            case "group" -> {
                words.next();
                Token text = words.name("a group name");
                words.end();
                group = text == null ? null : text.value();
            }
            case "options" -> {
                words.next();
                List<Item> items = words.block();
                if (items != null) {
                    reading.unique("options", key + ":options", "", first);
                    nodeOptions = new OptionsReader(reading).read(items, "options", OptionGroup.NODE);
                }
            }
            case "proxy" -> {
                words.next();
                proxy = ProxyReader.on(reading, words, first.location());
            }
            case "volume" -> volumesHere.explicit(words);
            case "device", "disk", "meta-disk", "flexible-meta-disk" -> volumesHere.implicit(words);
            default ->
                words.unknown(
                        DiagnosticCode.UNKNOWN_STATEMENT,
                        first.shown() + " cannot stand in a host section",
                        STATEMENTS);
        }
    }
}
