package io.bsr.frontend.nbd;

import io.bsr.base.port.VolumePort;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A directory that whoever owns the volumes fills: exports come and go with the volumes of one loop. */
public final class ExportTable implements ExportDirectory {
    private final Map<ExportName, Export> exports = new LinkedHashMap<>();

    /** Offers {@code volume} under {@code name}; replaces what had that name. */
    public void add(ExportName name, String description, VolumePort volume) {
        exports.put(name, new Export(name.toString(), description, volume));
    }

    /** No new client gets the export; those that have it keep it until the volume revokes it. */
    public void remove(ExportName name) {
        exports.remove(name);
    }

    /** {@inheritDoc} The default export is the only one there is. */
    @Override
    public Lookup find(String name) {
        if (name.isEmpty()) {
            return exports.size() == 1
                    ? new Found(exports.values().iterator().next())
                    : new Unknown("there is no default export; name one of: " + names());
        }
        ExportName parsed = ExportName.parse(name);
        Export export = parsed == null ? null : exports.get(parsed);
        return export != null
                ? new Found(export)
                : new Unknown("no export has the name \"" + Printable.text(name) + "\"; there are: " + names());
    }

    @Override
    public List<Export> exports() {
        return List.copyOf(exports.values());
    }

    private String names() {
        return exports.isEmpty()
                ? "none"
                : String.join(", ", exports.values().stream().map(Export::name).toList());
    }
}
