package io.bsr.config.option;

import io.bsr.config.option.OptionDefinition.Written;
import java.util.ArrayList;
import java.util.List;

/** Writes down the rows of the option table for one group. */
final class Rows {
    /** What a number counts. */
    enum Unit {
        COUNT(Scale.ONE, ""),
        BYTES(Scale.ONE, "bytes"),
        SECTORS(Scale.SECTOR, "bytes"),
        RATE(Scale.KIB, "bytes/second"),
        BLOCKS(Scale.ONE, "blocks"),
        SECONDS(Scale.ONE, "seconds"),
        TENTHS(Scale.ONE, "1/10 seconds"),
        MILLIS(Scale.ONE, "milliseconds");

        private final Scale scale;
        private final String shown;

        Unit(Scale scale, String shown) {
            this.scale = scale;
            this.shown = shown;
        }
    }

    private final OptionGroup group;
    private final List<OptionDefinition> rows = new ArrayList<>();

    Rows(OptionGroup group) {
        this.group = group;
    }

    List<OptionDefinition> rows() {
        return List.copyOf(rows);
    }

    Rows number(String name, long min, long max, long defaultValue, Unit unit, String text) {
        return add(name, new OptionType.Numeric(min, max, defaultValue, unit.scale, unit.shown, false), text);
    }

    /** A number that the engine brings into range or refuses. */
    Rows clamped(String name, long min, long max, long defaultValue, Unit unit, String text) {
        return add(name, new OptionType.Numeric(min, max, defaultValue, unit.scale, unit.shown, true), text);
    }

    Rows yes(String name, String text) {
        return add(name, new OptionType.YesNo(true, false), text);
    }

    Rows no(String name, String text) {
        return add(name, new OptionType.YesNo(false, false), text);
    }

    /** One of the words between vertical bars. */
    Rows choice(String name, String defaultValue, String words, String text) {
        return add(name, new OptionType.Choice(List.of(words.split("\\|", -1)), defaultValue, false), text);
    }

    Rows text(String name, String text) {
        return add(name, new OptionType.Text(0), text);
    }

    Rows add(String name, OptionType type, String text) {
        rows.add(new OptionDefinition(name, group, type, Change.LIVE, Written.FILES, "", text));
        return this;
    }

    /** An option that follows from the rest of the configuration. */
    Rows derived(String name, String text) {
        rows.add(new OptionDefinition(name, group, new OptionType.Text(0), Change.LIVE, Written.DERIVED, "", text));
        return this;
    }

    /** Says of the row before that the original has no such option. */
    Rows ours() {
        OptionDefinition last = rows.removeLast();
        rows.add(new OptionDefinition(
                last.name(), last.group(), last.type(), last.change(), Written.OURS, last.windows(), last.text()));
        return this;
    }

    /** Says of the row before when a change takes effect. */
    Rows changes(Change change) {
        rows.add(with(rows.removeLast(), change));
        return this;
    }

    /** Says of all rows when a change takes effect. */
    Rows allChange(Change change) {
        rows.replaceAll(row -> with(row, change));
        return this;
    }

    private static OptionDefinition with(OptionDefinition row, Change change) {
        return new OptionDefinition(
                row.name(), row.group(), row.type(), change, row.written(), row.windows(), row.text());
    }

    /** Says of the row before which default it has on Windows. */
    Rows onWindows(String defaultText) {
        OptionDefinition last = rows.removeLast();
        rows.add(new OptionDefinition(
                last.name(), last.group(), last.type(), last.change(), last.written(), defaultText, last.text()));
        return this;
    }

    /** Says of the row before that Windows has no such option. */
    Rows linuxOnly() {
        return onWindows(OptionDefinition.NOT_ON_WINDOWS);
    }
}
