package io.bsr.core.option;

import java.util.Map;

/** Reads typed values out of a map of option names to canonical texts; a wrong text is the sender's mistake. */
final class OptionValues {
    private final Map<String, String> values;

    OptionValues(Map<String, String> values) {
        this.values = values;
    }

    String text(String name, String fallback) {
        return values.getOrDefault(name, fallback);
    }

    boolean flag(String name, boolean fallback) {
        String text = values.get(name);
        if (text == null) {
            return fallback;
        }
        return switch (text) {
            case "yes", "true", "" -> true;
            case "no", "false" -> false;
            default ->
                throw new IllegalArgumentException("option " + name + ": \"" + text + "\" is neither yes nor no");
        };
    }

    long number(String name, long fallback, long min, long max) {
        String text = values.get(name);
        if (text == null) {
            return fallback;
        }
        long value;
        try {
            value = Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("option " + name + ": \"" + text + "\" is not a number", e);
        }
        if (value < min || value > max) {
            throw new IllegalArgumentException("option " + name + ": " + value + " is not in " + min + " … " + max);
        }
        return value;
    }

    <E extends Enum<E>> E choice(String name, E fallback, Class<E> type) {
        String text = values.get(name);
        if (text == null) {
            return fallback;
        }
        for (E value : type.getEnumConstants()) {
            if (value.toString().equals(text)) {
                return value;
            }
        }
        throw new IllegalArgumentException("option " + name + ": \"" + text + "\" is not a known choice");
    }
}
