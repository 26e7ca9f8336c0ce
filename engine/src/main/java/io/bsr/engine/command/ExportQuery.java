package io.bsr.engine.command;

import io.bsr.base.error.Outcome;
import io.bsr.base.port.Endpoint;
import io.bsr.base.port.VolumePort;
import io.bsr.control.status.ExportList;
import io.bsr.control.status.ExportStatus;
import io.bsr.core.Resource;
import io.bsr.core.snapshot.VolumeSnapshot;
import io.bsr.engine.host.HostedResource;
import io.bsr.engine.host.Registry;
import io.bsr.frontend.nbd.NbdClient;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which volumes NBD clients find where, and whether they are let in. */
final class ExportQuery {
    private final Registry registry;

    ExportQuery(Registry registry) {
        this.registry = registry;
    }

    /** Of one resource, or of all ({@code null}); a resource that does not answer in time is left out. */
    ExportList list(@Nullable String name, Deadline deadline) throws Refusal, InterruptedException {
        List<HostedResource> asked = name == null ? registry.all() : List.of(Lookups.resource(registry, name));
        List<ExportStatus> exports = new ArrayList<>();
        for (HostedResource resource : asked) {
            List<ExportStatus> found = new ArrayList<>();
            Outcome outcome = deadline.await(resource.call((core, reply) -> {
                collect(resource, core, found);
                reply.done(Outcome.OK);
            }));
            if (outcome.success()) {
                exports.addAll(found);
            }
        }
        return new ExportList(List.copyOf(exports));
    }

    /** On the loop. */
    private static void collect(HostedResource resource, Resource core, List<ExportStatus> found) {
        for (VolumeSnapshot volume : core.snapshot().volumes()) {
            VolumePort port = resource.exported(volume.number());
            if (port == null) {
                continue;
            }
            String export = resource.name() + "/" + volume.number();
            String refusal = refusal(port);
            found.add(new ExportStatus(
                    export,
                    resource.name(),
                    volume.number(),
                    volume.minor(),
                    port.size(),
                    refusal == null,
                    refusal == null ? "" : refusal,
                    resource.host().nbdAddresses().stream()
                            .map(address -> uri(address, export))
                            .toList(),
                    resource.host().nbd().clients(port).stream()
                            .map(NbdClient::description)
                            .toList()));
        }
    }

    /** The volume's own word, which is the one that a client would get. */
    private static @Nullable String refusal(VolumePort port) {
        VolumePort.User visitor = new VolumePort.User() {
            @Override
            public String description() {
                return "a question about exports";
            }

            @Override
            public void resized(long size) {}

            @Override
            public void revoked(String reason) {}
        };
        String refusal = port.open(visitor);
        if (refusal == null) {
            port.close(visitor);
        }
        return refusal;
    }

    /** The NBD URI specification of the NetworkBlockDevice project, {@code doc/uri.md}. */
    private static String uri(Endpoint address, String export) {
        return switch (address.family()) {
            case UNIX -> "nbd+unix:///" + export + "?socket=" + encoded(address.address());
            case IPV4 -> "nbd://" + address.address() + ":" + address.port() + "/" + export;
            case IPV6 -> "nbd://[" + address.address() + "]:" + address.port() + "/" + export;
        };
    }

    private static String encoded(String path) {
        return URLEncoder.encode(path, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("%2F", "/");
    }
}
