package io.bsr.config.plan;

import io.bsr.config.option.OptionDefinition;
import io.bsr.config.option.OptionValue;
import io.bsr.config.option.Setting;
import io.bsr.config.option.Settings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One thing that {@code adjust} changes, with its reason.
 *
 * @param object what is changed: {@code connection to b (node-id 1)}
 * @param reasons what is and what should be, one line each
 * @param commands the calls that change it
 */
public record PlannedChange(String object, Effect effect, List<String> reasons, List<Command> commands) {

    /** What users of the resource feel. */
    public enum Effect {
        /** Nothing. */
        LIVE("live"),
        /** Replication pauses, and what was written meanwhile is resynced. */
        RECONNECT("with a short reconnect"),
        /** Something is created that did not run. */
        START("starts"),
        /** Something that runs is taken away. */
        STOP("ends");

        private final String shown;

        Effect(String shown) {
            this.shown = shown;
        }

        public String shown() {
            return shown;
        }
    }

    public PlannedChange {
        reasons = List.copyOf(reasons);
        commands = List.copyOf(commands);
    }

    /** The options in which two groups of settings differ: {@code ping-int: 3 -> 7 (seconds), at once}. */
    static List<String> differences(Settings running, Settings configured) {
        Map<String, OptionDefinition> options = new LinkedHashMap<>();
        for (Settings settings : List.of(running, configured)) {
            for (Setting setting : settings.list()) {
                options.put(setting.name(), setting.option());
            }
        }
        List<String> lines = new ArrayList<>();
        for (OptionDefinition option : options.values()) {
            String before = OptionValue.canonical(option, running.valueOrDefault(option));
            String after = OptionValue.canonical(option, configured.valueOrDefault(option));
            if (!before.equals(after)) {
                lines.add(option.name() + ": " + shown(option, before) + " -> " + shown(option, after) + ", "
                        + option.change().shown());
            }
        }
        return lines;
    }

    private static String shown(OptionDefinition option, String value) {
        if (option.name().equals("shared-secret")) {
            return "(secret)";
        }
        return value.isEmpty() ? "none" : OptionValue.shown(option, value);
    }

    /** The lines that explain it. */
    public List<String> explanation() {
        List<String> lines = new ArrayList<>();
        lines.add(object + ": " + effect.shown());
        reasons.forEach(reason -> lines.add("    " + reason));
        commands.forEach(command -> lines.add("    => " + command.shellLine()));
        return lines;
    }
}
