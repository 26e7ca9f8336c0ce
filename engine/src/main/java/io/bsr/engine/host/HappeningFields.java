package io.bsr.engine.host;

import io.bsr.core.Happening;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** What happened, as the fields of an event; command-line reference, section 3.6. */
final class HappeningFields {
    private HappeningFields() {}

    static Map<String, String> of(Happening.IoError error) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("disk", error.metadata() ? "meta" : "data");
        fields.put("io", error.write() ? "write" : "read");
        fields.put("error-code", String.format(Locale.ROOT, "0x%08X", error.errno()));
        fields.put("sector", error.sector() + "s");
        fields.put("size", Integer.toString(error.bytes()));
        return fields;
    }

    static Map<String, String> of(Happening.SplitBrain met) {
        return Map.of(
                "recover",
                switch (met.recovery()) {
                    case AUTOMATICALLY -> "automatically";
                    case MANUALLY -> "manually";
                    case NO -> "no";
                });
    }
}
