package io.bsr.config.dump;

import io.bsr.config.Configuration;
import io.bsr.config.declared.Address;
import io.bsr.config.declared.DeclaredProxy;
import io.bsr.config.declared.DeclaredResource;
import io.bsr.config.declared.GlobalOptions;
import io.bsr.config.declared.MetaDisk;
import io.bsr.config.declared.OptionSections;
import io.bsr.config.model.Connection;
import io.bsr.config.model.Host;
import io.bsr.config.model.Resource;
import io.bsr.config.model.Volume;
import io.bsr.config.option.Setting;
import io.bsr.config.option.Settings;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Prints configurations as XML; command-line reference, section 2.9. Volumes stand in the hosts, meshes one by one. */
public final class DumpXml {
    private final XmlPage page = new XmlPage();

    private DumpXml() {}

    /** The whole configuration. */
    public static String all(Configuration configuration) {
        DumpXml dump = new DumpXml();
        dump.page.open("config", "file", configuration.declared().file());
        if (configuration.declared().hasGlobal()) {
            dump.global(configuration.global());
        }
        if (configuration.declared().hasCommon()) {
            dump.page.open("common");
            dump.sections(configuration.declared().common());
            dump.page.close();
        }
        configuration.resources().forEach(dump::resource);
        dump.page.close();
        return dump.page.toString();
    }

    /** Some resources. */
    public static String resources(List<Resource> resources) {
        DumpXml dump = new DumpXml();
        resources.forEach(dump::resource);
        return dump.page.toString();
    }

    private void global(GlobalOptions global) {
        page.open("global");
        if (global.disableIpVerification()) {
            page.empty("disable-ip-verification");
        }
        if (global.minorCount() != GlobalOptions.DEFAULTS.minorCount()) {
            page.empty("minor-count", "count", Integer.toString(global.minorCount()));
        }
        if (global.dialogRefresh() != GlobalOptions.DEFAULTS.dialogRefresh()) {
            page.empty("dialog-refresh", "refresh", Integer.toString(global.dialogRefresh()));
        }
        if (!global.hostname().isEmpty()) {
            page.empty("hostname", "alias", global.hostname());
        }
        page.close();
    }

    private void resource(Resource resource) {
        page.open(
                "resource",
                "name",
                resource.name(),
                "conf-file-line",
                resource.at().fileAndLine());
        DeclaredResource.Template template = resource.declared().template();
        if (template != null) {
            page.empty("template", "file", template.file());
        }
        resource.hosts().forEach(this::host);
        resource.connections().forEach(connection -> connection(resource, connection));
        sections(resource.declared().options());
        page.close();
    }

    private void host(Host host) {
        Address address = host.address();
        String kind = host.floating() ? "floating" : "name";
        String name = host.floating() && address != null ? address.text() : String.join(" ", host.names());
        page.open(
                "host",
                kind,
                name,
                "platform",
                host.platform().name().toLowerCase(Locale.ROOT),
                "node-id",
                Integer.toString(host.nodeId()));
        if (host.group() != null) {
            page.element("group", host.group());
        }
        settings("options", List.of(host.declared().nodeOptions()));
        host.volumes().values().forEach(this::volume);
        if (address != null) {
            address("address", address);
        }
        if (host.publicAddress() != null) {
            address("public-address", host.publicAddress());
        }
        page.close();
    }

    private void volume(Volume volume) {
        page.open("volume", "vnr", Integer.toString(volume.number()));
        settings("disk", List.of(own(volume.diskOptions()), own(volume.peerDeviceOptions())));
        page.element("device", volume.device().name(), "minor", Integer.toString(volume.minor()));
        Volume.Backing backing = volume.backing();
        if (backing != null) {
            page.element("disk", backing.disk());
            switch (backing.metaDisk()) {
                case MetaDisk.Internal ignored -> page.element("meta-disk", "internal");
                case MetaDisk.Flexible f -> page.element("meta-disk", f.device());
                case MetaDisk.Indexed i -> page.element("meta-disk", i.device(), "index", Integer.toString(i.index()));
                case MetaDisk.FileBacked f -> page.element("meta-disk", f.device(), "index", f.file());
            }
        }
        page.close();
    }

    private static Settings own(Settings settings) {
        return new Settings(
                settings.list().stream().filter(setting -> !setting.inherited()).toList());
    }

    private void address(String element, Address address) {
        page.element(element, address.host(), attributes(address));
    }

    private static String[] attributes(Address address) {
        return new String[] {"family", address.family().word(), "port", Integer.toString(address.port())};
    }

    private void connection(Resource resource, Connection connection) {
        if (connection.name() == null) {
            page.open("connection");
        } else {
            page.open("connection", "name", connection.name());
        }
        boolean implicit = connection.paths().size() == 1
                && resource.declared().connections().stream()
                        .filter(declared -> declared.at().equals(connection.at()))
                        .allMatch(declared -> declared.paths().getFirst().implicit());
        for (Connection.Path path : connection.paths()) {
            if (!implicit) {
                page.open("path");
            }
            endpoint(path.first());
            endpoint(path.second());
            if (!implicit) {
                page.close();
            }
        }
        resource.declared().connections().stream()
                .filter(declared -> declared.at().equals(connection.at()))
                .findFirst()
                .ifPresentOrElse(
                        declared -> {
                            settings("net", List.of(declared.net()));
                            settings("disk", List.of(declared.peerDeviceOptions()));
                            declared.volumeOptions().forEach((number, settings) -> {
                                page.open("volume", "vnr", Integer.toString(number));
                                settings("disk", List.of(settings));
                                page.close();
                            });
                        },
                        () -> resource.declared().meshes().stream()
                                .filter(mesh -> mesh.at().equals(connection.at()))
                                .forEach(mesh -> settings("net", List.of(mesh.net()))));
        page.close();
    }

    private void endpoint(Connection.Endpoint endpoint) {
        String name = endpoint.host().names().getFirst();
        if (endpoint.publicAddress() == null && endpoint.proxy() == null) {
            page.nested(
                    "host",
                    new String[] {"name", name},
                    "address",
                    endpoint.address().host(),
                    attributes(endpoint.address()));
            return;
        }
        page.open("host", "name", name);
        address("address", endpoint.address());
        if (endpoint.publicAddress() != null) {
            address("public-address", endpoint.publicAddress());
        }
        if (endpoint.proxy() != null) {
            proxy(endpoint.proxy());
        }
        page.close();
    }

    private void proxy(DeclaredProxy proxy) {
        page.open("proxy", "hostname", String.join(" ", proxy.hosts()));
        proxyAddress("inside", proxy.inside());
        proxyAddress("public-inside", proxy.publicInside());
        proxyAddress("outside", proxy.outside());
        proxyAddress("public-outside", proxy.publicOutside());
        proxySection("options", proxy.options(), proxy.plugins());
        page.close();
    }

    private void proxyAddress(String element, @Nullable Address address) {
        if (address != null) {
            address(element, address);
        }
    }

    private void sections(OptionSections options) {
        settings("options", List.of(options.resource(), options.node()));
        settings("net", List.of(options.net()));
        settings("disk", List.of(options.disk(), options.peerDevice()));
        settings("startup", List.of(options.startup()));
        proxySection("proxy", options.proxy(), options.proxyPlugins());
        settings("handlers", List.of(options.handlers()));
    }

    private void settings(String name, List<Settings> groups) {
        if (groups.stream().allMatch(Settings::isEmpty)) {
            return;
        }
        page.open("section", "name", name);
        groups.forEach(group -> group.list().forEach(this::setting));
        page.close();
    }

    private void setting(Setting setting) {
        if (setting.option().valueless()) {
            page.empty("option", "name", setting.name());
        } else {
            page.empty("option", "name", setting.name(), "value", setting.value());
        }
    }

    private void proxySection(String name, Settings settings, List<List<String>> plugins) {
        if (settings.isEmpty() && plugins.isEmpty()) {
            return;
        }
        page.open("section", "name", name);
        settings.list().forEach(this::setting);
        if (!plugins.isEmpty()) {
            page.open("section", "name", "plugin");
            plugins.forEach(line -> page.empty("option", "name", String.join(" ", line)));
            page.close();
        }
        page.close();
    }
}
