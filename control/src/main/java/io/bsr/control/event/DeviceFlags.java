package io.bsr.control.event;

import java.util.LinkedHashMap;
import java.util.Map;

/** Flags of the superblock as {@code events2} names them; the bits are in the metadata reference, sections 3.1 and 3.2. */
record DeviceFlags(int bits) {

    /** Flags of a volume. */
    Map<String, String> fields() {
        Map<String, String> fields = new LinkedHashMap<>();
        put(fields, "consistent", bits, 0x1);
        put(fields, "was-up-to-date", bits, 0x10);
        put(fields, "primary-ind", bits, 0x2);
        put(fields, "crashed-primary", bits, 0x40);
        put(fields, "al-clean", bits, 0x80);
        put(fields, "al-disabled", bits, 0x100);
        put(fields, "last-primary", bits, 0x10000);
        return fields;
    }

    /** Flags of a volume's slot for one peer. */
    static Map<String, String> ofPeer(int bits) {
        Map<String, String> fields = new LinkedHashMap<>();
        put(fields, "peer-connected", bits, 0x1);
        put(fields, "peer-outdate", bits, 0x2);
        put(fields, "peer-fencing", bits, 0x4);
        put(fields, "peer-full-sync", bits, 0x8);
        return fields;
    }

    private static void put(Map<String, String> fields, String name, int bits, int mask) {
        fields.put(name, (bits & mask) == 0 ? "0" : "1");
    }
}
