package io.bsr.config.option;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Every option there is. The order within a group is the order in which {@code bsrsetup show --show-defaults} prints
 * it. Defaults are those of Linux.
 *
 * <p>Names, ranges, units and defaults: configuration-language reference, section 9.
 */
public final class OptionTable {
    private static final Map<OptionGroup, Map<String, OptionDefinition>> GROUPS = new LinkedHashMap<>();

    static {
        index(EngineOptions.resource());
        index(EngineOptions.disk());
        index(EngineOptions.node());
        index(NetOptions.net());
        index(EngineOptions.peerDevice());
        index(ToolOptions.startup());
        index(ToolOptions.handlers());
        index(ToolOptions.proxy());
        index(ToolOptions.commands());
    }

    private OptionTable() {}

    private static void index(List<OptionDefinition> rows) {
        for (OptionDefinition row : rows) {
            OptionDefinition other = GROUPS.computeIfAbsent(row.group(), group -> new LinkedHashMap<>())
                    .put(row.name(), row);
            if (other != null) {
                throw new IllegalStateException("option " + row.name() + " is defined twice");
            }
        }
    }

    /** Every option, group by group. */
    public static List<OptionDefinition> all() {
        return GROUPS.values().stream().flatMap(rows -> rows.values().stream()).toList();
    }

    /** The options of a group in the order in which they are shown. */
    public static List<OptionDefinition> of(OptionGroup group) {
        return List.copyOf(GROUPS.getOrDefault(group, Map.of()).values());
    }

    /** The option of that exact name in a group. */
    public static Optional<OptionDefinition> find(OptionGroup group, String name) {
        return Optional.ofNullable(GROUPS.getOrDefault(group, Map.of()).get(name));
    }

    /**
     * The option of that exact name in a group.
     *
     * @throws IllegalArgumentException if there is none: the program, not the user, is wrong
     */
    public static OptionDefinition get(OptionGroup group, String name) {
        return find(group, name)
                .orElseThrow(() -> new IllegalArgumentException("no option " + name + " in group " + group));
    }
}
