package io.bsr.config.declared;

import io.bsr.config.diagnostic.DiagnosticCode;
import io.bsr.config.diagnostic.Location;
import io.bsr.config.option.OptionGroup;
import io.bsr.config.option.Settings;
import io.bsr.config.syntax.Item;
import io.bsr.config.syntax.Token;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads connection, path and connection-mesh sections; configuration-language reference, section 7. */
final class ConnectionReader {
    private static final int LARGEST_VOLUME = 65534;

    private final Reading reading;
    private final List<DeclaredPath> paths = new ArrayList<>();
    private final SortedMap<Integer, Settings> volumeOptions = new TreeMap<>();
    private @Nullable DeclaredPath implicitPath;
    private Settings net = Settings.NONE;
    private Settings disk = Settings.NONE;

    ConnectionReader(Reading reading) {
        this.reading = reading;
    }

    /** {@code connection [NAME] { … }}; null if its head cannot be read. */
    @Nullable DeclaredConnection read(Words words) {
        Token keyword = words.next();
        @Nullable Token name = words.hasNext() ? words.name("a connection name") : null;
        List<Item> items = words.block();
        if (items == null) {
            return null;
        }
        Location at = keyword.location();
        reading.each(items, "connection", Set.of("connection"), inner -> statement(inner, at));
        if (paths.isEmpty()) {
            reading.diagnostics().add(DiagnosticCode.ENDPOINT_COUNT, at, "the connection has no endpoints");
        }
        for (DeclaredPath path : paths) {
            if (path.endpoints().size() != 2) {
                reading.diagnostics()
                        .add(
                                DiagnosticCode.ENDPOINT_COUNT,
                                path.at(),
                                "two endpoints expected, but there "
                                        + (path.endpoints().size() == 1
                                                ? "is 1"
                                                : "are " + path.endpoints().size()));
            }
        }
        return new DeclaredConnection(name == null ? null : name.value(), paths, net, disk, volumeOptions, at);
    }

    private void statement(Words words, Location at) {
        Token first = words.peek();
        String name = first.kind().isValue() ? first.text() : "";
        switch (name) {
            case "host", "group", "address" -> endpointOfConnection(words, first);
            case "path" -> path(words, first);
            case "net" -> {
                words.next();
                List<Item> items = words.block();
                if (items != null) {
                    reading.unique("net", at + ":net", "", first);
                    net = new OptionsReader(reading).read(items, "net", OptionGroup.NET);
                }
            }
            case "disk" -> {
                Settings read = peerDeviceOptions(words, at + ":disk", first);
                disk = read == null ? disk : read;
            }
            case "volume" -> volume(words, at);
            default ->
                words.unknown(
                        DiagnosticCode.UNKNOWN_STATEMENT,
                        first.shown() + " cannot stand in 'connection'",
                        List.of("host", "group", "address", "path", "net", "disk", "volume", "skip"));
        }
    }

    private @Nullable Settings peerDeviceOptions(Words words, String key, Token keyword) {
        words.next();
        List<Item> items = words.block();
        if (items == null) {
            return null;
        }
        reading.unique("disk", key, "", keyword);
        return new OptionsReader(reading).read(items, "disk", OptionGroup.PEER_DEVICE);
    }

    private void volume(Words words, Location at) {
        Token keyword = words.next();
        Integer number = words.integer("volume number", 0, LARGEST_VOLUME);
        List<Item> items = words.block();
        if (number == null || items == null) {
            return;
        }
        String key = at + ":volume:" + number;
        reading.unique("volume", key, Integer.toString(number), keyword);
        volumeOptions.putIfAbsent(number, Settings.NONE);
        reading.each(items, "volume", Set.of(), inner -> {
            Token first = inner.peek();
            if (first.isWord("disk")) {
                Settings read = peerDeviceOptions(inner, key, first);
                if (read != null) {
                    volumeOptions.put(number, read);
                }
            } else {
                inner.unknown(
                        DiagnosticCode.UNKNOWN_STATEMENT,
                        first.shown() + " cannot stand in a volume of a connection",
                        List.of("disk"));
            }
        });
    }

    private void endpointOfConnection(Words words, Token first) {
        DeclaredEndpoint endpoint = endpoint(words);
        if (endpoint == null) {
            return;
        }
        List<DeclaredEndpoint> endpoints = new ArrayList<>();
        if (implicitPath != null) {
            endpoints.addAll(implicitPath.endpoints());
            paths.removeFirst();
        } else if (!paths.isEmpty()) {
            words.report(DiagnosticCode.MIXED_PATHS, first, "endpoints behind a path section", List.of());
        }
        endpoints.add(endpoint);
        Location at = implicitPath == null ? first.location() : implicitPath.at();
        implicitPath = new DeclaredPath(endpoints, true, at);
        paths.addFirst(implicitPath);
    }

    private void path(Words words, Token first) {
        words.next();
        List<Item> items = words.block();
        if (items == null) {
            return;
        }
        List<DeclaredEndpoint> endpoints = new ArrayList<>();
        reading.each(items, "path", Set.of(), inner -> {
            Token keyword = inner.peek();
            if (keyword.isWord("host") || keyword.isWord("group") || keyword.isWord("address")) {
                DeclaredEndpoint endpoint = endpoint(inner);
                if (endpoint != null) {
                    endpoints.add(endpoint);
                }
            } else {
                inner.unknown(
                        DiagnosticCode.UNKNOWN_STATEMENT,
                        keyword.shown() + " cannot stand in 'path'",
                        List.of("host", "group", "address"));
            }
        });
        paths.add(new DeclaredPath(endpoints, false, first.location()));
    }

    /** {@code host NAME [address A | port N] { public-address A } ( ; | via proxy on … { … } )}. */
    private @Nullable DeclaredEndpoint endpoint(Words words) {
        Token keyword = words.next();
        String name = "";
        @Nullable Address address = null;
        @Nullable Address publicAddress = null;
        @Nullable Integer port = null;
        if (keyword.isWord("address")) {
            address = AddressReader.read(words);
        } else {
            Token token = words.name(keyword.isWord("host") ? "a host name" : "a group name");
            if (token == null) {
                return null;
            }
            name = token.value();
            if (words.take("address")) {
                address = AddressReader.read(words);
            } else if (words.take("port")) {
                port = words.integer("port", 1, 65535);
            }
            while (!words.failed() && words.take("public-address")) {
                publicAddress = AddressReader.read(words);
            }
        }
        if (words.failed()) {
            return null;
        }
        @Nullable DeclaredProxy proxy = null;
        if (words.take("via")) {
            if (!words.take("proxy")) {
                words.expected(List.of("'proxy'"));
                return null;
            }
            proxy = ProxyReader.on(reading, words, keyword.location());
        } else {
            words.end();
        }
        return new DeclaredEndpoint(
                keyword.isWord("group"), name, address, port, publicAddress, proxy, keyword.location());
    }

    /** {@code connection-mesh { hosts …; groups …; net { … } }}; null if its head cannot be read. */
    static @Nullable DeclaredMesh mesh(Reading reading, Words words) {
        Token keyword = words.next();
        List<Item> items = words.block();
        if (items == null) {
            return null;
        }
        List<DeclaredMesh.Name> hosts = new ArrayList<>();
        List<DeclaredMesh.Name> groups = new ArrayList<>();
        List<Settings> nets = new ArrayList<>();
        Location at = keyword.location();
        reading.each(items, "connection-mesh", Set.of(), inner -> {
            Token first = inner.next();
            switch (first.kind().isValue() ? first.text() : "") {
                case "hosts" -> names(inner, "a host name", hosts);
                case "groups" -> names(inner, "a group name", groups);
                case "net" -> {
                    List<Item> block = inner.block();
                    if (block != null) {
                        reading.unique("net", at + ":net", "", first);
                        nets.add(new OptionsReader(reading).read(block, "net", OptionGroup.NET));
                    }
                }
                default ->
                    inner.unknown(
                            DiagnosticCode.UNKNOWN_STATEMENT,
                            first.shown() + " cannot stand in 'connection-mesh'",
                            List.of("hosts", "groups", "net"));
            }
        });
        return new DeclaredMesh(hosts, groups, nets.isEmpty() ? Settings.NONE : nets.getLast(), at);
    }

    private static void names(Words words, String what, List<DeclaredMesh.Name> names) {
        do {
            if (!words.hasNext()) {
                words.expected(List.of(what));
                return;
            }
            // A name on a later line that is a statement word means that the semicolon is missing.
            if (words.peek().isName()) {
                Token name = words.next();
                names.add(new DeclaredMesh.Name(name.value(), name.location()));
            } else {
                break;
            }
        } while (words.hasNext());
        words.end();
    }
}
