package io.bsr.config.syntax;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a section consists of. The language has one shape for everything: words, then a semicolon or a block. */
public sealed interface Item {

    /** The first token, for messages. */
    Token first();

    /** The words before the semicolon or the block; none if the item is not made of words. */
    List<Token> words();

    /** What ends the words: the semicolon, the opening brace, or the last token there is. */
    Token end();

    /** Writes the item as it was read. */
    void print(StringBuilder out);

    /**
     * {@code words ;}
     *
     * @param words at least one token
     * @param semicolon null if it is missing (already reported)
     */
    record Statement(List<Token> words, @Nullable Token semicolon) implements Item {
        public Statement {
            words = List.copyOf(words);
        }

        @Override
        public Token first() {
            return words.getFirst();
        }

        @Override
        public Token end() {
            return semicolon == null ? words.getLast() : semicolon;
        }

        @Override
        public void print(StringBuilder out) {
            words.forEach(word -> word.print(out));
            if (semicolon != null) {
                semicolon.print(out);
            }
        }
    }

    /**
     * {@code words { items }}
     *
     * @param words may be empty, which no section of the language allows
     * @param close null if the file ends before
     */
    record Section(
            List<Token> words,
            Token open,
            List<Item> items,
            @Nullable Token close) implements Item {
        public Section {
            words = List.copyOf(words);
            items = List.copyOf(items);
        }

        @Override
        public Token first() {
            return words.isEmpty() ? open : words.getFirst();
        }

        @Override
        public Token end() {
            return open;
        }

        @Override
        public void print(StringBuilder out) {
            words.forEach(word -> word.print(out));
            open.print(out);
            items.forEach(item -> item.print(out));
            if (close != null) {
                close.print(out);
            }
        }
    }

    /** {@code skip … { … }}: read over, never looked at. */
    record Skipped(List<Token> tokens) implements Item {
        public Skipped {
            tokens = List.copyOf(tokens);
        }

        @Override
        public Token first() {
            return tokens.getFirst();
        }

        @Override
        public List<Token> words() {
            return List.of();
        }

        @Override
        public Token end() {
            return tokens.getFirst();
        }

        @Override
        public void print(StringBuilder out) {
            tokens.forEach(token -> token.print(out));
        }
    }

    /** A lone semicolon or a closing brace too many. */
    record Stray(Token token) implements Item {
        @Override
        public Token first() {
            return token;
        }

        @Override
        public List<Token> words() {
            return List.of();
        }

        @Override
        public Token end() {
            return token;
        }

        @Override
        public void print(StringBuilder out) {
            token.print(out);
        }
    }
}
