package io.bsr.config.dump;

import io.bsr.config.declared.Address;
import io.bsr.config.declared.DeclaredConnection;
import io.bsr.config.declared.DeclaredEndpoint;
import io.bsr.config.declared.DeclaredPath;
import io.bsr.config.declared.DeclaredProxy;
import io.bsr.config.dump.DumpStyle.Detail;
import io.bsr.config.model.Connection;
import io.bsr.config.model.Resource;
import io.bsr.config.option.Settings;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The connections of a resource, as written or one by one. */
final class ConnectionDump {
    private final Page page;
    private final DumpStyle style;

    ConnectionDump(Page page, DumpStyle style) {
        this.page = page;
        this.style = style;
    }

    void print(Resource resource) {
        if (style.detail() == Detail.EXPANDED) {
            resource.connections().forEach(connection -> expanded(resource, connection));
            return;
        }
        for (DeclaredConnection connection : resource.declared().connections()) {
            @Nullable Connection effective = resource.connections().stream()
                    .filter(c -> c.at().equals(connection.at()))
                    .findFirst()
                    .orElse(null);
            if (effective == null || style.detail() == Detail.WRITTEN) {
                written(connection, connection.net(), connection.volumeOptions());
            } else {
                SortedMap<Integer, Settings> volumes = new TreeMap<>(connection.volumeOptions());
                volumes.replaceAll((number, own) -> effective.peerDevices().getOrDefault(number, own));
                written(connection, effective.net(), volumes);
            }
        }
    }

    private void head(@Nullable String name) {
        page.open(name == null ? "connection" : "connection " + DumpText.name(name));
    }

    private void written(DeclaredConnection connection, Settings net, SortedMap<Integer, Settings> volumes) {
        head(connection.name());
        for (DeclaredPath path : connection.paths()) {
            if (!path.implicit()) {
                page.open("path");
            }
            path.endpoints().forEach(this::endpoint);
            if (!path.implicit()) {
                page.close();
            }
        }
        page.settings("net", List.of(net));
        page.settings("disk", List.of(connection.peerDeviceOptions()));
        volumes.forEach(this::volume);
        page.close();
    }

    private void volume(int number, Settings settings) {
        page.open("volume " + number);
        page.settings("disk", List.of(settings));
        page.close();
    }

    private void endpoint(DeclaredEndpoint endpoint) {
        StringBuilder line = new StringBuilder();
        Address address = endpoint.address();
        if (endpoint.name().isEmpty() && address != null) {
            line.append("address ").append(address.text());
        } else {
            line.append(endpoint.group() ? "group " : "host ").append(DumpText.name(endpoint.name()));
            if (address != null) {
                line.append(address(address));
            } else if (endpoint.port() != null) {
                line.append(" port ").append(endpoint.port());
            }
        }
        if (endpoint.publicAddress() != null) {
            line.append(" public-address ").append(endpoint.publicAddress().text());
        }
        end(line, endpoint.proxy());
    }

    private String address(Address address) {
        return page.margin() + " address" + " ".repeat(9) + address.text();
    }

    private void end(StringBuilder line, @Nullable DeclaredProxy proxy) {
        if (proxy == null) {
            page.line(line + ";");
        } else {
            ResourceDump.proxy(page, line + page.margin() + " via proxy on", proxy);
        }
    }

    private static Settings ofConnection(Resource resource, Connection connection) {
        return resource.declared().connections().stream()
                .filter(declared -> declared.at().equals(connection.at()))
                .map(DeclaredConnection::peerDeviceOptions)
                .findFirst()
                .orElse(Settings.NONE);
    }

    private void expanded(Resource resource, Connection connection) {
        head(connection.name());
        for (Connection.Path path : connection.paths()) {
            page.open("path");
            endpoint(resource, path.first());
            endpoint(resource, path.second());
            page.close();
        }
        page.settings("net", List.of(connection.net()));
        page.settings("disk", List.of(ofConnection(resource, connection)));
        for (Map.Entry<Integer, Settings> entry : connection.peerDevices().entrySet()) {
            volume(entry.getKey(), entry.getValue());
        }
        page.close();
    }

    private void endpoint(Resource resource, Connection.Endpoint endpoint) {
        String name = endpoint.host().names().getFirst();
        StringBuilder line =
                new StringBuilder("host ").append(DumpText.name(name)).append(address(endpoint.address()));
        Address publicAddress = endpoint.publicAddress();
        if (publicAddress != null) {
            line.append(" public-address ").append(publicAddress.text());
        }
        DeclaredProxy proxy = endpoint.proxy();
        end(line, proxy == null ? null : proxy.inheriting(resource.options()));
    }
}
