package io.bsr.config.declared;

import io.bsr.config.diagnostic.DiagnosticCode;
import io.bsr.config.diagnostic.Diagnostics;
import io.bsr.config.diagnostic.NearestWord;
import io.bsr.config.syntax.Item;
import io.bsr.config.syntax.Token;
import io.bsr.config.syntax.TokenKind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the words of one item from left to right. After the first mistake it says no more about the item.
 *
 * <p>A surplus word on a later line is taken for the beginning of the next statement whose predecessor lacks its
 * semicolon; {@link #remainder()} gives that statement back.
 */
final class Words {
    private final Item item;
    private final List<Token> words;
    private final Diagnostics diagnostics;
    private int at;
    private boolean failed;
    private boolean ended;
    private @Nullable Item remainder;

    Words(Item item, Diagnostics diagnostics) {
        this.item = item;
        this.diagnostics = diagnostics;
        this.words = item.words();
    }

    Token first() {
        return item.first();
    }

    boolean isSection() {
        return item instanceof Item.Section;
    }

    boolean failed() {
        return failed;
    }

    /** Whether the reader reached the end of the statement or went into the section. */
    boolean ended() {
        return ended;
    }

    @Nullable Item remainder() {
        return remainder;
    }

    boolean hasNext() {
        return at < words.size();
    }

    /** The next token: a word, or what ends the words. */
    Token peek() {
        if (hasNext()) {
            return words.get(at);
        }
        return item.end();
    }

    Token next() {
        Token token = peek();
        at++;
        return token;
    }

    /** Whether the item consists of this one word and its block or semicolon. */
    boolean isHead(String word) {
        return words.size() == 1 && words.getFirst().isWord(word);
    }

    boolean nextIs(String word) {
        return hasNext() && peek().isWord(word);
    }

    boolean nextIs(TokenKind kind) {
        return hasNext() && peek().is(kind);
    }

    /** Takes the next word if it is this one. */
    boolean take(String word) {
        if (nextIs(word)) {
            at++;
            return true;
        }
        return false;
    }

    /** A name: a quoted string, or a word that is neither reserved nor all digits. */
    @Nullable Token name(String what) {
        if (!hasNext()) {
            expected(List.of(what));
            return null;
        }
        Token token = peek();
        if (!token.isName()) {
            String hint = token.is(TokenKind.WORD)
                    ? " is a reserved word; put it into quotes to use it as " + what
                    : " cannot be " + what + " without quotes";
            boolean quotable = token.kind().isValue();
            fail(token, quotable ? token.shown() + hint : what + " expected, but got " + token.shown(), List.of(what));
            return null;
        }
        at++;
        return token;
    }

    /** The value of an option: any single token with a text. */
    @Nullable Token value(String option) {
        if (!hasNext() || !peek().kind().isValue()) {
            if (!failed) {
                failed = true;
                report(
                        DiagnosticCode.VALUE_MISSING,
                        peek(),
                        "a value for '" + option + "' expected, but got " + peek().shown(),
                        List.of());
            }
            return null;
        }
        return next();
    }

    /** An integer token within bounds, suffix letters not allowed; null after a mistake. */
    @Nullable Integer integer(String what, int min, int max) {
        if (!nextIs(TokenKind.INTEGER) && !nextIs(TokenKind.LONG_DIGITS)) {
            expected(List.of("a " + what + " in " + min + " … " + max));
            return null;
        }
        Token token = next();
        int number;
        try {
            number = Integer.parseInt(token.value());
        } catch (NumberFormatException letterOrTooLong) {
            boolean digits = token.value().chars().allMatch(c -> c >= '0' && c <= '9');
            number = digits ? Integer.MAX_VALUE : -1;
        }
        if (number < min || number > max) {
            DiagnosticCode code = number < min ? DiagnosticCode.VALUE_TOO_SMALL : DiagnosticCode.VALUE_TOO_BIG;
            if (number < 0) {
                code = DiagnosticCode.VALUE_NOT_A_NUMBER;
            }
            report(code, token, what + " " + token.shown() + " is not in " + min + " … " + max, List.of());
            failed = true;
            return null;
        }
        return number;
    }

    /** The statement is complete: only its semicolon may follow. */
    boolean end() {
        ended = true;
        if (failed) {
            return false;
        }
        if (hasNext()) {
            surplus("';'");
            return true;
        }
        if (isSection()) {
            fail(peek(), "';' expected, but got '{'", List.of("';'"));
            return false;
        }
        return true;
    }

    /** The head of the section is complete: its items, or null if no block follows. */
    @Nullable List<Item> block() {
        ended = true;
        if (failed) {
            return null;
        }
        if (hasNext()) {
            surplus("'{'");
            return null;
        }
        if (item instanceof Item.Section section) {
            return section.items();
        }
        fail(peek(), "'{' expected, but got " + peek().shown(), List.of("'{'"));
        return null;
    }

    private void surplus(String wanted) {
        Token token = peek();
        boolean nextLine = at > 0 && token.line() > words.get(at - 1).line();
        if (!nextLine || !token.is(TokenKind.WORD)) {
            fail(token, wanted + " expected, but got " + token.shown(), List.of(wanted));
            return;
        }
        Token last = words.get(at - 1);
        failed = true;
        diagnostics.add(
                DiagnosticCode.UNEXPECTED_TOKEN,
                last.source(),
                last.end(),
                last.end() + 1,
                wanted + " expected behind " + last.shown(),
                List.of(wanted),
                "");
        List<Token> rest = new ArrayList<>(words.subList(at, words.size()));
        remainder = switch (item) {
            case Item.Statement statement -> new Item.Statement(rest, statement.semicolon());
            case Item.Section section -> new Item.Section(rest, section.open(), section.items(), section.close());
            case Item.Skipped ignored -> null;
            case Item.Stray ignored -> null;
        };
    }

    /** The next token is not what can stand here. */
    void expected(Collection<String> wanted) {
        String shown = wanted.size() == 1 ? wanted.iterator().next() : "another word";
        fail(peek(), shown + " expected, but got " + peek().shown(), wanted);
    }

    /** The word that opens the item is not known in this section. */
    void unknown(DiagnosticCode code, String message, Collection<String> known) {
        Token token = first();
        if (!failed) {
            failed = true;
            String nearest = NearestWord.of(token.value(), known);
            diagnostics.add(
                    code,
                    token.source(),
                    token.start(),
                    token.end(),
                    message,
                    nearest.isEmpty() ? known : List.of(),
                    nearest);
        }
    }

    void fail(Token token, String message, Collection<String> wanted) {
        if (!failed) {
            failed = true;
            report(DiagnosticCode.UNEXPECTED_TOKEN, token, message, wanted);
        }
    }

    void report(DiagnosticCode code, Token token, String message, Collection<String> wanted) {
        diagnostics.add(code, token.source(), token.start(), token.end(), message, wanted, "");
    }
}
