package io.bsr.engine.host;

import io.bsr.base.port.Endpoint;
import io.bsr.frontend.nbd.Export;
import io.bsr.frontend.nbd.ExportDirectory;
import io.bsr.frontend.nbd.ExportName;
import java.util.List;

/** Knows of every volume of the engine at which address it is served. Any thread. */
public final class ExportsElsewhere implements ExportDirectory {
    private final Registry registry;

    public ExportsElsewhere(Registry registry) {
        this.registry = registry;
    }

    @Override
    public Lookup find(String name) {
        ExportName wanted = ExportName.parse(name);
        HostedResource resource = wanted == null ? null : registry.find(wanted.resource());
        if (resource == null
                || wanted == null
                || !registry.has(resource, wanted.volume().value())) {
            return new Unknown("there is no such volume");
        }
        return new Refused("volume " + wanted + " is served at "
                + String.join(
                        ", ",
                        resource.host().nbdAddresses().stream()
                                .map(Endpoint::toString)
                                .toList()));
    }

    @Override
    public List<Export> exports() {
        return List.of();
    }
}
