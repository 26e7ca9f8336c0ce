package io.bsr.config.declared;

import io.bsr.config.diagnostic.DiagnosticCode;
import io.bsr.config.diagnostic.Diagnostics;
import io.bsr.config.diagnostic.Location;
import io.bsr.config.syntax.Item;
import io.bsr.config.syntax.Token;
import io.bsr.config.syntax.TokenKind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What all readers of sections share: the findings, the walk over items, what was used before. */
final class Reading {
    private final Diagnostics diagnostics;
    private final Map<String, Location> used = new HashMap<>();

    Reading(Diagnostics diagnostics) {
        this.diagnostics = diagnostics;
    }

    Diagnostics diagnostics() {
        return diagnostics;
    }

    /** Errors so far: whether it grew tells whether a section was read without a mistake. */
    int errorCount() {
        return diagnostics.errorCount();
    }

    /** Gives every item of a section to the reader, whose first word says what it is. */
    void each(List<Item> items, String section, Set<String> skippable, Consumer<Words> reader) {
        for (Item item : items) {
            if (diagnostics.isFull()) {
                return;
            }
            if (item instanceof Item.Skipped skipped) {
                if (!skippable.contains(section)) {
                    Words words = new Words(item, diagnostics);
                    words.report(
                            DiagnosticCode.MISPLACED,
                            skipped.first(),
                            "'skip' cannot stand in '" + section + "'",
                            List.of());
                }
            } else if (item instanceof Item.Stray stray) {
                stray(stray.token(), section);
            } else {
                statement(item, reader);
            }
        }
    }

    private void stray(Token token, String section) {
        if (token.is(TokenKind.SEMICOLON)) {
            boolean printedByDump = section.equals("connection-mesh");
            diagnostics.add(
                    printedByDump ? DiagnosticCode.TOLERATED : DiagnosticCode.UNEXPECTED_TOKEN,
                    token.source(),
                    token.start(),
                    token.end(),
                    printedByDump ? "a lone ';' has no meaning" : "a statement expected, but got ';'");
        }
    }

    private void statement(Item item, Consumer<Words> reader) {
        @Nullable Item rest = item;
        while (rest != null && !diagnostics.isFull()) {
            Words words = new Words(rest, diagnostics);
            if (!words.hasNext()) {
                words.fail(words.peek(), "a section without a name", List.of());
                return;
            }
            reader.accept(words);
            rest = words.remainder();
        }
    }

    /**
     * Notes that something was said that may be said only once.
     *
     * @param what the kind of thing, for the message
     * @param key the thing, with everything that makes it unique
     * @param shown the thing, for the message
     * @return whether this was the first time
     */
    boolean unique(String what, String key, String shown, Token token) {
        return unique(DiagnosticCode.CONFLICT, what, key, shown, token);
    }

    /** The same for something of which the last one counts: only a warning. */
    void lastCounts(String what, String key, Token token) {
        unique(DiagnosticCode.DUPLICATE_OPTION, what, key, "", token);
    }

    private boolean unique(DiagnosticCode code, String what, String key, String shown, Token token) {
        Location before = used.putIfAbsent(what + "\n" + key, token.location());
        if (before == null) {
            return true;
        }
        String name = shown.isEmpty() ? "'" + what + "'" : what + " '" + shown + "'";
        diagnostics.add(code, token.location(), name + " is given twice", before, name + " was first given here");
        return false;
    }
}
