package io.bsr.config.syntax;

import io.bsr.config.diagnostic.SourceFile;
import java.util.List;

/**
 * A whole file as it was read, comments and white space included.
 *
 * @param source the file
 * @param items its top-level items
 * @param end the end of the file with the white space and comments before it
 */
public record SyntaxTree(SourceFile source, List<Item> items, Token end) {
    public SyntaxTree {
        items = List.copyOf(items);
    }

    /** The text of the tree: exactly the text that was read, whether it was correct or not. */
    public String print() {
        StringBuilder out = new StringBuilder();
        items.forEach(item -> item.print(out));
        end.print(out);
        return out.toString();
    }
}
