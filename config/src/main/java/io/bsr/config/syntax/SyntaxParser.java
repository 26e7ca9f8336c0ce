package io.bsr.config.syntax;

import io.bsr.config.diagnostic.DiagnosticCode;
import io.bsr.config.diagnostic.Diagnostics;
import io.bsr.config.diagnostic.SourceFile;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Builds the tree of a file. It knows braces, semicolons and {@code skip}; which words may stand where is decided by the
 * readers of the sections.
 */
public final class SyntaxParser {
    /** Sections inside each other at most; the language itself needs 6. */
    public static final int DEPTH_LIMIT = 64;

    private final List<Token> tokens;
    private final Diagnostics diagnostics;
    private int at;

    private SyntaxParser(List<Token> tokens, Diagnostics diagnostics) {
        this.tokens = tokens;
        this.diagnostics = diagnostics;
    }

    /** Reads a text; mistakes go to the diagnostics and the tree keeps every token. */
    public static SyntaxTree parse(SourceFile source, Diagnostics diagnostics) {
        SyntaxParser parser = new SyntaxParser(Lexer.tokens(source, diagnostics), diagnostics);
        List<Item> items = parser.items(0);
        return new SyntaxTree(source, items, parser.peek());
    }

    private Token peek() {
        return tokens.get(at);
    }

    private Token next() {
        return tokens.get(at++);
    }

    private List<Item> items(int depth) {
        List<Item> items = new ArrayList<>();
        while (!peek().is(TokenKind.END)) {
            if (peek().is(TokenKind.CLOSE_BRACE)) {
                if (depth > 0) {
                    break;
                }
                Token stray = next();
                report(DiagnosticCode.UNEXPECTED_TOKEN, stray, "this closing brace has no opening brace");
                items.add(new Item.Stray(stray));
            } else if (peek().is(TokenKind.SEMICOLON)) {
                items.add(new Item.Stray(next()));
            } else if (peek().isWord("skip")) {
                items.add(skipped());
            } else {
                items.add(item(depth));
            }
        }
        return items;
    }

    private Item item(int depth) {
        List<Token> words = new ArrayList<>();
        while (true) {
            Token token = peek();
            switch (token.kind()) {
                case SEMICOLON -> {
                    return new Item.Statement(words, next());
                }
                case OPEN_BRACE -> {
                    return section(words, depth);
                }
                case CLOSE_BRACE, END -> {
                    Token last = words.getLast();
                    diagnostics.add(
                            DiagnosticCode.UNEXPECTED_TOKEN,
                            last.source(),
                            last.end(),
                            last.end() + 1,
                            "';' expected, but got " + token.shown(),
                            List.of("';'"),
                            "");
                    return new Item.Statement(words, null);
                }
                case UNKNOWN -> {
                    // An unterminated string has been reported by the lexer.
                    if (!token.value().isEmpty()) {
                        report(
                                DiagnosticCode.UNEXPECTED_CHARACTER,
                                token,
                                token.shown() + " cannot stand here without quotes");
                    }
                    words.add(next());
                }
                case WORD, INTEGER, LONG_DIGITS, STRING, IPV4, IPV6, OPEN_BRACKET, CLOSE_BRACKET, COLON ->
                    words.add(next());
            }
        }
    }

    private Item section(List<Token> words, int depth) {
        Token open = next();
        if (depth + 1 >= DEPTH_LIMIT) {
            report(
                    DiagnosticCode.NESTED_TOO_DEEP,
                    open,
                    "more than " + DEPTH_LIMIT + " sections inside each other; the rest of the file is not read");
            List<Item> rest = new ArrayList<>();
            while (!peek().is(TokenKind.END)) {
                rest.add(new Item.Stray(next()));
            }
            return new Item.Section(words, open, rest, null);
        }
        List<Item> items = items(depth + 1);
        Token close = peek().is(TokenKind.CLOSE_BRACE) ? next() : null;
        if (close == null) {
            reportUnclosed(words, open, depth);
        }
        return new Item.Section(words, open, items, close);
    }

    private void reportUnclosed(List<Token> words, Token open, int depth) {
        // The end of the file has always closed an open resource or common section.
        boolean tolerated = depth == 0
                && !words.isEmpty()
                && (words.getFirst().isWord("resource") || words.getFirst().isWord("common"));
        report(
                tolerated ? DiagnosticCode.RESOURCE_NOT_CLOSED : DiagnosticCode.SECTION_NOT_CLOSED,
                open,
                "the section that starts here is not closed before the end of the file");
    }

    /** Everything from the word skip to the closing brace that matches the first opening one. */
    private Item skipped() {
        List<Token> taken = new ArrayList<>();
        Token skip = peek();
        int depth = 0;
        @Nullable Token open = null;
        while (!peek().is(TokenKind.END)) {
            Token token = next();
            taken.add(token);
            if (token.is(TokenKind.OPEN_BRACE)) {
                depth++;
                open = token;
            } else if (token.is(TokenKind.CLOSE_BRACE) && --depth <= 0) {
                if (depth == 0) {
                    return new Item.Skipped(taken);
                }
                break;
            }
        }
        report(
                DiagnosticCode.SECTION_NOT_CLOSED,
                open == null ? skip : open,
                "what is skipped here has no matching closing brace");
        return new Item.Skipped(taken);
    }

    private void report(DiagnosticCode code, Token token, String message) {
        diagnostics.add(code, token.source(), token.start(), token.end(), message);
    }
}
