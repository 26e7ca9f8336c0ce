package io.bsr.wire;

/** Renders the packet table for the documentation. */
public final class PacketTable {
    private PacketTable() {}

    /** A Markdown table, one row for each packet in the order of the numbers. */
    public static String markdown() {
        StringBuilder page =
                new StringBuilder("| number | packet | stream | fixed bytes | payload | versions | feature |"
                        + " products |\n|---|---|---|---|---|---|---|---|\n");
        for (PacketType type : PacketType.values()) {
            Feature feature = type.feature();
            page.append(String.format(
                    "| 0x%02x | %s | %s | %d | %s | %s | %s | %s |\n",
                    type.number(),
                    type,
                    place(type),
                    type.layout().bytes(),
                    type.payload(),
                    versions(type),
                    feature == null ? "" : feature.name(),
                    type.family()));
        }
        return page.toString();
    }

    private static String place(PacketType type) {
        return switch (type.place()) {
            case DATA -> "data";
            case CONTROL -> "control";
            case BOTH -> "both";
            case HANDSHAKE -> "handshake";
        };
    }

    private static String versions(PacketType type) {
        if (type.until() == type.since()) {
            return "before the features";
        }
        boolean fromStart = type.since() <= Versions.OLDEST;
        if (type.until() == Availability.NEWEST) {
            return fromStart ? "all" : "from " + type.since();
        }
        return fromStart ? "to " + type.until() : type.since() + " to " + type.until();
    }
}
