package io.bsr.cli.bsrsetup;

import io.bsr.cli.argument.Option;
import io.bsr.config.option.OptionDefinition;
import io.bsr.config.option.OptionGroup;
import io.bsr.config.option.OptionType;
import java.util.List;
import java.util.Locale;

/** {@code xml-help}: a command with its arguments and options, for programs. */
final class XmlHelp {
    private static final String ALL = "all";
    private static final int MOST_MINOR = 1048575;

    private final StringBuilder out = new StringBuilder();

    private XmlHelp() {}

    static String of(SetupCommand command) {
        XmlHelp help = new XmlHelp();
        help.out.append("<command name=\"").append(command.verb()).append("\">\n");
        help.element(1, "summary", command.text());
        for (String operand : command.syntax().operands()) {
            help.argument(operand, command.takesAll());
        }
        command.syntax().options().forEach(help::option);
        return help.out.append("</command>\n").toString();
    }

    private void element(int depth, String name, Object text) {
        String escaped =
                text.toString().replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
        line(depth, "<" + name + ">" + escaped + "</" + name + ">");
    }

    private void line(int depth, String text) {
        out.append("\t".repeat(depth)).append(text).append('\n');
    }

    private void argument(String operand, boolean orAll) {
        String name = operand.replace("[", "").replace("]", "").toLowerCase(Locale.ROOT);
        if (!orAll) {
            element(1, "argument", name);
            return;
        }
        line(1, "<group>");
        element(2, "argument", name);
        element(2, "argument", ALL);
        line(1, "</group>");
    }

    private void option(Option option) {
        OptionDefinition row = option.definition();
        boolean ofEngine = row != null && row.group() != OptionGroup.STARTUP;
        if (row == null || !ofEngine || option.key().equals(SetupCommand.SET_DEFAULTS)) {
            boolean flag = option.value() == Option.Value.NONE || (row != null && ofEngine);
            open(option, flag ? "flag" : "string");
        } else {
            typed(option, row.type(), row.unit());
        }
        line(1, "</option>");
    }

    private void open(Option option, String type) {
        line(1, "<option name=\"" + option.key() + "\" type=\"" + type + "\">");
    }

    private void typed(Option option, OptionType type, String unit) {
        switch (type) {
            case OptionType.Numeric n -> {
                open(option, "numeric");
                range(n.min(), n.max(), Long.toString(n.defaultValue()));
                prefix(n.scale().letter(), unit);
            }
            case OptionType.VolumeReference v -> {
                open(option, "numeric");
                range(-1, MOST_MINOR, v.defaultText());
                prefix("", unit);
            }
            case OptionType.ChoiceOrNumber c -> {
                open(option, "numeric-or-symbol");
                range(c.min(), c.max(), c.defaultValue());
                words("symbol", c.words());
            }
            case OptionType.Choice c -> {
                open(option, "handler");
                words("handler", c.words());
            }
            case OptionType.YesNo b -> {
                open(option, "boolean");
                element(2, "default", b.defaultText());
            }
            case OptionType.Switch s -> open(option, "flag");
            case OptionType.Text t -> open(option, "string");
            case OptionType.Ratio r -> open(option, "string");
            case OptionType.Ignored i -> open(option, "string");
        }
    }

    private void range(long min, long max, String usual) {
        element(2, "min", min);
        element(2, "max", max);
        element(2, "default", usual);
    }

    private void prefix(String letter, String unit) {
        element(2, "unit_prefix", letter.isEmpty() ? "1" : letter);
        if (!unit.isEmpty()) {
            element(2, "unit", unit);
        }
    }

    private void words(String element, List<String> words) {
        words.forEach(word -> element(2, element, word));
    }
}
