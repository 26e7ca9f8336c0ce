package io.bsr.config.option;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/**
 * The options of one section or object, in the order of the generated command lines.
 *
 * @param list may contain an option twice, then the last one counts
 */
public record Settings(List<Setting> list) {
    public static final Settings NONE = new Settings(List.of());

    public Settings {
        list = List.copyOf(list);
    }

    public boolean isEmpty() {
        return list.isEmpty();
    }

    /** The setting that counts for an option. */
    public Optional<Setting> find(String name) {
        return list.reversed().stream().filter(s -> s.name().equals(name)).findFirst();
    }

    /** The value of an option as written, if it is set. */
    public Optional<String> value(String name) {
        return find(name).map(Setting::value);
    }

    /** The value of an option as written, or its default. */
    public String valueOrDefault(OptionDefinition option) {
        return value(option.name()).orElse(option.defaultText());
    }

    /** The arguments for the lower tool, in order. */
    public List<String> arguments() {
        return list.stream().map(Setting::argument).toList();
    }

    /** Only the settings of one group. */
    public Settings only(OptionGroup group) {
        return new Settings(
                list.stream().filter(s -> s.option().group() == group).toList());
    }

    /** Without the named option. */
    public Settings without(String name) {
        return new Settings(list.stream().filter(s -> !s.name().equals(name)).toList());
    }

    /** With the given settings before these. */
    public Settings precededBy(Setting... settings) {
        return new Settings(Stream.concat(Stream.of(settings), list.stream()).toList());
    }

    /** With the given settings behind these. */
    public Settings followedBy(Setting... settings) {
        return new Settings(Stream.concat(list.stream(), Stream.of(settings)).toList());
    }

    /**
     * Takes over what an outer section says: every option that is missing here is put to the front, one after the other
     * (so a group of inherited options stands in reverse order). An own value stays. An inherited value that differs from
     * another inherited value is ambiguous.
     *
     * @param outer the settings to take over
     * @param ambiguous told the value that is here and the outer value that differs; the value that is here stays
     */
    public Settings inherit(Settings outer, BiConsumer<Setting, Setting> ambiguous) {
        if (outer.isEmpty()) {
            return this;
        }
        Map<String, Setting> present = new LinkedHashMap<>();
        list.forEach(setting -> present.put(setting.name(), setting));
        List<Setting> taken = new ArrayList<>();
        for (Setting setting : outer.list) {
            Setting here = present.get(setting.name());
            if (here == null) {
                Setting copy = setting.asInherited();
                present.put(copy.name(), copy);
                taken.addFirst(copy);
            } else if (here.inherited() && !here.sameAs(setting)) {
                ambiguous.accept(here, setting);
            }
        }
        return new Settings(Stream.concat(taken.stream(), list.stream()).toList());
    }

    /** The value that counts for each option, by name, in a form that can be compared; defaults are left out. */
    public Map<String, String> effective() {
        Map<String, String> values = new LinkedHashMap<>();
        for (Setting setting : list) {
            values.remove(setting.name());
            if (!OptionValue.isDefault(setting.option(), setting.value())) {
                values.put(setting.name(), OptionValue.canonical(setting.option(), setting.value()));
            }
        }
        return values;
    }

    /** Whether both have the same effect: order and spelled-out defaults do not matter. */
    public boolean sameEffect(Settings other) {
        return effective().equals(other.effective());
    }
}
