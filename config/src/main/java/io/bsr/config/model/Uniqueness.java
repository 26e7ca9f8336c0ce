package io.bsr.config.model;

import io.bsr.config.declared.Address;
import io.bsr.config.declared.MetaDisk;
import io.bsr.config.diagnostic.DiagnosticCode;
import io.bsr.config.diagnostic.Diagnostics;
import io.bsr.config.diagnostic.Location;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What no two resources may share on one host; configuration-language reference, sections 4 and 6.2. */
final class Uniqueness {
    private final Diagnostics diagnostics;
    private final Map<String, Use> used = new HashMap<>();

    private record Use(String owner, Location at) {}

    Uniqueness(Diagnostics diagnostics) {
        this.diagnostics = diagnostics;
    }

    void check(List<Resource> resources, boolean trustAddresses) {
        for (Resource resource : resources) {
            for (Host host : resource.hosts()) {
                for (Volume volume : host.volumes().values()) {
                    check(resource, host, volume);
                }
            }
            if (!trustAddresses) {
                resource.connections().forEach(connection -> connection.paths().forEach(path -> {
                    check(resource, path.first(), connection.at());
                    check(resource, path.second(), connection.at());
                }));
            }
        }
    }

    private void check(Resource resource, Host host, Volume volume) {
        String on = host.name().toLowerCase(Locale.ROOT);
        String owner = resource.name() + "/" + volume.number();
        String place = " on host '" + host.shownName() + "'";
        use(DiagnosticCode.MINOR_CONFLICT, "minor " + volume.minor(), place, on, owner, volume.at());
        Volume.Backing backing = volume.backing();
        if (backing == null) {
            return;
        }
        use(DiagnosticCode.DISK_CONFLICT, "disk " + backing.disk(), place, on, owner, volume.at());
        if (!(backing.metaDisk() instanceof MetaDisk.Internal)) {
            String slot = "meta-disk " + backing.metaDevice() + " "
                    + backing.metaDisk().metaArgument();
            use(DiagnosticCode.DISK_CONFLICT, slot, place, on, owner, volume.at());
        }
    }

    private void check(Resource resource, Connection.Endpoint endpoint, Location at) {
        Address address = endpoint.address();
        if (!address.isLoopback()) {
            use(DiagnosticCode.ADDRESS_CONFLICT, "address " + address.argument(), "", "", resource.name(), at);
        }
    }

    private void use(DiagnosticCode code, String what, String place, String on, String owner, Location at) {
        Use before = used.putIfAbsent(on + "\n" + what, new Use(owner, at));
        if (before != null && !before.owner().equals(owner)) {
            diagnostics.add(
                    code,
                    at,
                    what + place + " is used by '" + before.owner() + "' and by '" + owner + "'",
                    before.at(),
                    "first used here");
        }
    }
}
