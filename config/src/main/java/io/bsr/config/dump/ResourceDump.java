package io.bsr.config.dump;

import io.bsr.config.declared.Address;
import io.bsr.config.declared.DeclaredMesh;
import io.bsr.config.declared.DeclaredProxy;
import io.bsr.config.declared.DeclaredResource;
import io.bsr.config.declared.DeclaredVolume;
import io.bsr.config.declared.Device;
import io.bsr.config.declared.MetaDisk;
import io.bsr.config.dump.DumpStyle.Detail;
import io.bsr.config.model.Host;
import io.bsr.config.model.NodeIdentity;
import io.bsr.config.model.Resource;
import io.bsr.config.model.Volume;
import io.bsr.config.option.OptionGroup;
import io.bsr.config.option.OptionTable;
import io.bsr.config.option.Setting;
import io.bsr.config.option.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One resource: template, volumes, hosts, connections, meshes, option sections. */
final class ResourceDump {
    private final Page page;
    private final Resource resource;
    private final DeclaredResource declared;
    private final NodeIdentity node;
    private final DumpStyle style;

    ResourceDump(Page page, Resource resource, NodeIdentity node, DumpStyle style) {
        this.page = page;
        this.resource = resource;
        this.declared = resource.declared();
        this.node = node;
        this.style = style;
    }

    private boolean expanded() {
        return style.detail() == Detail.EXPANDED;
    }

    void print() {
        DeclaredResource.Template template = declared.template();
        if (template != null) {
            page.line("template-file " + DumpText.name(template.file()) + ";");
        }
        if (!expanded()) {
            declared.volumes().forEach(this::writtenVolume);
        }
        resource.hosts().forEach(this::host);
        new ConnectionDump(page, style).print(resource);
        if (!expanded()) {
            declared.meshes().forEach(this::mesh);
        }
        new SectionsDump(page).print(style.detail() == Detail.WRITTEN ? declared.options() : resource.options());
    }

    private void writtenVolume(DeclaredVolume volume) {
        volume(
                volume.number(),
                volume.implicit(),
                volume.diskOptions(),
                volume.peerDeviceOptions(),
                volume.device(),
                volume.disk(),
                volume.metaDisk());
    }

    private void volume(
            int number,
            boolean implicit,
            Settings disk,
            Settings peerDevice,
            @Nullable Device device,
            @Nullable String path,
            @Nullable MetaDisk metaDisk) {
        if (!implicit) {
            page.open("volume " + number);
        }
        page.settings("disk", List.of(disk, peerDevice));
        if (device != null) {
            String name = device.name().isEmpty() ? "" : DumpText.name(device.name()) + " ";
            page.entry("device", name + "minor " + device.minor());
        }
        if (path != null) {
            page.entry("disk", DumpText.name(path));
        }
        if (metaDisk != null) {
            metaDisk(metaDisk);
        }
        if (!implicit) {
            page.close();
        }
    }

    private void metaDisk(MetaDisk metaDisk) {
        switch (metaDisk) {
            case MetaDisk.Internal ignored -> page.entry("meta-disk", "internal");
            case MetaDisk.Flexible f -> page.fixed("meta-disk", DumpText.name(f.device()));
            case MetaDisk.Indexed i -> page.fixed("meta-disk", DumpText.name(i.device()) + " [" + i.index() + "]");
            case MetaDisk.FileBacked f ->
                page.fixed("meta-disk", DumpText.name(f.device()) + " " + DumpText.name(f.file()));
        }
    }

    private void host(Host host) {
        boolean floating = host.floating();
        Address address = host.address();
        String names =
                String.join(" ", host.names().stream().map(DumpText::name).toList());
        String keyword = host.declared().keyword();
        page.open(
                floating && address != null
                        ? keyword + " ".repeat(Math.max(1, 17 - keyword.length())) + address.text()
                        : keyword + " " + names);
        page.line("node-id " + host.nodeId() + ";");
        if (host.group() != null) {
            page.line("group " + DumpText.name(host.group()) + ";");
        }
        nodeOptions(host);
        volumes(host);
        if (!floating && address != null) {
            page.entry("address", address.text());
        }
        if (host.publicAddress() != null) {
            page.entry("public-address", host.publicAddress().text());
        }
        if (host.proxy() != null && !expanded()) {
            proxy(page, "proxy on", host.proxy());
        }
        page.close();
    }

    private void nodeOptions(Host host) {
        Settings options = style.detail() == Detail.WRITTEN ? host.declared().nodeOptions() : host.nodeOptions();
        List<Setting> derived = new ArrayList<>();
        if (style.asOriginal() && node.is(host)) {
            derived.add(derived("node-name", host.name(), host));
            if (host.group() != null) {
                derived.add(derived("group", host.group(), host));
            }
        }
        page.settings("options", List.of(options, new Settings(derived)));
    }

    private static Setting derived(String name, String value, Host host) {
        return Setting.derived(OptionTable.get(OptionGroup.NODE, name), value, host.at());
    }

    private void volumes(Host host) {
        if (expanded()) {
            for (Volume volume : host.volumes().values()) {
                Volume.Backing backing = volume.backing();
                volume(
                        volume.number(),
                        volume.implicit(),
                        volume.diskOptions(),
                        volume.peerDeviceOptions(),
                        named(volume.device()),
                        backing == null ? "none" : backing.disk(),
                        backing == null ? null : backing.metaDisk());
            }
            return;
        }
        for (DeclaredVolume written : host.declared().volumes()) {
            Volume effective = host.volumes().get(written.number());
            if (written.isEmpty()) {
                continue;
            }
            if (style.detail() == Detail.INHERITED && effective != null) {
                volume(
                        written.number(),
                        written.implicit(),
                        effective.diskOptions(),
                        effective.peerDeviceOptions(),
                        named(written.device()),
                        disk(written, effective),
                        written.metaDisk());
            } else {
                volume(
                        written.number(),
                        written.implicit(),
                        written.diskOptions(),
                        written.peerDeviceOptions(),
                        written.device(),
                        effective == null ? written.disk() : disk(written, effective),
                        written.metaDisk());
            }
        }
    }

    /** A host's volume with options for its disk also names the disk, as the original does. */
    private static @Nullable String disk(DeclaredVolume written, Volume effective) {
        Volume.Backing backing = effective.backing();
        boolean hasOptions =
                !written.diskOptions().isEmpty() || !written.peerDeviceOptions().isEmpty();
        return written.disk() == null && hasOptions && backing != null ? backing.disk() : written.disk();
    }

    /** With a name also if only the minor was written. */
    private static @Nullable Device named(@Nullable Device device) {
        return device == null ? null : new Device(device.path(), device.minor());
    }

    private void mesh(DeclaredMesh mesh) {
        page.open("connection-mesh");
        names("hosts", mesh.hosts());
        if (style.asOriginal()) {
            page.raw(";");
        }
        names("groups", mesh.groups());
        page.settings("net", List.of(mesh.net()));
        page.close();
    }

    private void names(String keyword, List<DeclaredMesh.Name> names) {
        if (!names.isEmpty()) {
            Stream<String> words = names.stream().map(DeclaredMesh.Name::text).map(DumpText::name);
            page.line(keyword + " " + String.join(" ", words.toList()) + ";");
        }
    }

    static void proxy(Page page, String head, DeclaredProxy proxy) {
        page.open(head + " "
                + String.join(" ", proxy.hosts().stream().map(DumpText::name).toList()));
        proxyAddress(page, "inside", proxy.inside());
        proxyAddress(page, "outside", proxy.outside());
        proxyAddress(page, "public-inside", proxy.publicInside());
        proxyAddress(page, "public-outside", proxy.publicOutside());
        new SectionsDump(page).proxy("options", proxy.options(), proxy.plugins());
        page.close();
    }

    private static void proxyAddress(Page page, String name, @Nullable Address address) {
        if (address != null) {
            page.fixed(name, address.text());
        }
    }
}
