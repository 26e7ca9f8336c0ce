package io.bsr.config.declared;

import io.bsr.config.diagnostic.DiagnosticCode;
import io.bsr.config.diagnostic.Location;
import io.bsr.config.option.OptionGroup;
import io.bsr.config.option.OptionTable;
import io.bsr.config.option.OptionValue;
import io.bsr.config.option.Setting;
import io.bsr.config.option.Settings;
import io.bsr.config.syntax.Item;
import io.bsr.config.syntax.Token;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** Reads a resource section, and the common section, which has the same statements but no hosts. */
final class ResourceReader {
    private static final List<String> STATEMENTS = List.of(
            "protocol",
            "on",
            "on-linux",
            "on-windows",
            "floating",
            "floating-on-linux",
            "floating-on-windows",
            "volume",
            "device",
            "disk",
            "meta-disk",
            "flexible-meta-disk",
            "net",
            "syncer",
            "startup",
            "handlers",
            "proxy",
            "options",
            "connection",
            "connection-mesh",
            "template-file",
            "skip");

    private final Reading reading;
    private final boolean common;
    private final String name;
    private final Location at;
    private final String key;
    private final BiFunction<Token, String, DeclaredResource.@Nullable Template> templates;
    private final Map<OptionGroup, List<Setting>> settings = new EnumMap<>(OptionGroup.class);
    private final ProxyReader proxy;
    private final VolumesReader volumes;
    private final List<DeclaredHost> hosts = new ArrayList<>();
    private final List<DeclaredConnection> connections = new ArrayList<>();
    private final List<DeclaredMesh> meshes = new ArrayList<>();
    private DeclaredResource.@Nullable Template template;

    /**
     * A reader for one section.
     *
     * @param name the resource; "common" for a common section
     * @param templates reads a template file that a token names; null after a mistake
     */
    ResourceReader(
            Reading reading,
            boolean common,
            String name,
            Location at,
            BiFunction<Token, String, DeclaredResource.@Nullable Template> templates) {
        this.reading = reading;
        this.common = common;
        this.name = name;
        this.at = at;
        this.key = at.toString();
        this.templates = templates;
        this.proxy = new ProxyReader(reading);
        this.volumes = new VolumesReader(reading, key, false, Platform.LINUX);
    }

    /** The content of the section. */
    DeclaredResource read(List<Item> items) {
        int before = reading.errorCount();
        String section = common ? "common" : "resource";
        reading.each(items, section, Set.of(section), this::statement);
        OptionSections options = new OptionSections(
                of(OptionGroup.NET),
                of(OptionGroup.DISK),
                of(OptionGroup.PEER_DEVICE),
                of(OptionGroup.RESOURCE),
                of(OptionGroup.NODE),
                of(OptionGroup.STARTUP),
                of(OptionGroup.HANDLER),
                proxy.settings(),
                proxy.plugins());
        boolean broken = reading.errorCount() > before;
        return new DeclaredResource(name, at, template, volumes.volumes(), hosts, connections, meshes, options, broken);
    }

    private Settings of(OptionGroup group) {
        return new Settings(settings.getOrDefault(group, List.of()));
    }

    private void statement(Words words) {
        Token first = words.peek();
        String keyword = first.kind().isValue() ? first.text() : "";
        switch (keyword) {
            case "protocol" -> protocol(words);
            case "on", "on-linux", "on-windows", "floating", "floating-on-linux", "floating-on-windows" ->
                host(words, first);
            case "stacked-on-top-of" ->
                words.unknown(
                        DiagnosticCode.NOT_SUPPORTED,
                        "stacked resources are not possible; add a third host to the resource",
                        List.of());
            case "volume" -> volumes.explicit(words);
            case "device", "meta-disk", "flexible-meta-disk" -> volumes.implicit(words);
            case "disk" -> disk(words);
            case "net" -> section(words, OptionGroup.NET);
            case "startup" -> section(words, OptionGroup.STARTUP);
            case "handlers" -> section(words, OptionGroup.HANDLER);
            case "options" -> section(words, OptionGroup.RESOURCE, OptionGroup.NODE);
            case "syncer" -> section(words, OptionGroup.NET, OptionGroup.DISK, OptionGroup.RESOURCE);
            case "proxy" -> proxy(words);
            case "connection" -> {
                DeclaredConnection connection = new ConnectionReader(reading).read(words);
                if (connection != null) {
                    connections.add(connection);
                }
            }
            case "connection-mesh" -> {
                DeclaredMesh mesh = ConnectionReader.mesh(reading, words);
                if (mesh != null) {
                    meshes.add(mesh);
                }
            }
            case "template-file" -> template(words);
            default ->
                words.unknown(
                        DiagnosticCode.UNKNOWN_STATEMENT,
                        first.shown() + " cannot stand in '" + (common ? "common" : "resource") + "'",
                        STATEMENTS);
        }
    }

    private void protocol(Words words) {
        Token keyword = words.next();
        Token value = words.value("protocol");
        if (value == null || !words.end()) {
            return;
        }
        var option = OptionTable.get(OptionGroup.NET, "protocol");
        OptionValue.check(option, value.value())
                .ifPresent(refusal -> words.report(
                        refusal.code(),
                        value,
                        "value " + value.shown() + " of 'protocol' is " + refusal.message(),
                        refusal.expected()));
        reading.unique("protocol", key + ":protocol", "", keyword);
        add(new Settings(List.of(new Setting(option, value.value(), keyword.location(), false))));
    }

    private void host(Words words, Token first) {
        if (common) {
            words.unknown(DiagnosticCode.MISPLACED, "a host section cannot stand in 'common'", List.of());
            return;
        }
        int before = reading.errorCount();
        DeclaredHost host = new HostReader(reading, key).read(words);
        if (host != null) {
            hosts.add(host);
        } else if (reading.errorCount() == before) {
            words.fail(first, "a host section expected", List.of());
        }
    }

    private void disk(Words words) {
        if (words.isSection() && words.isHead("disk")) {
            section(words, OptionGroup.DISK, OptionGroup.PEER_DEVICE);
        } else {
            volumes.implicit(words);
        }
    }

    private void section(Words words, OptionGroup... groups) {
        Token keyword = words.next();
        List<Item> items = words.block();
        if (items != null) {
            reading.unique(keyword.value(), key + ":" + keyword.value() + " section", "", keyword);
            add(new OptionsReader(reading).read(items, keyword.value(), groups));
        }
    }

    private void add(Settings read) {
        read.list().forEach(setting -> settings.computeIfAbsent(setting.option().group(), g -> new ArrayList<>())
                .add(setting));
    }

    private void proxy(Words words) {
        Token keyword = words.next();
        List<Item> items = words.block();
        if (items != null) {
            reading.unique("proxy", key + ":proxy", "", keyword);
            proxy.options(items);
        }
    }

    private void template(Words words) {
        Token keyword = words.next();
        Token file = words.name("a file name");
        if (file == null || !words.end()) {
            return;
        }
        if (reading.unique("template-file", key + ":template-file", "", keyword)) {
            template = templates.apply(file, file.value());
        }
    }
}
