package io.bsr.config.declared;

import io.bsr.config.diagnostic.DiagnosticCode;
import io.bsr.config.diagnostic.Diagnostics;
import io.bsr.config.diagnostic.Location;
import io.bsr.config.diagnostic.SourceFile;
import io.bsr.config.file.ConfigFiles;
import io.bsr.config.syntax.Item;
import io.bsr.config.syntax.SyntaxParser;
import io.bsr.config.syntax.SyntaxTree;
import io.bsr.config.syntax.Token;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a file with everything it includes into one configuration; configuration-language reference, sections 1, 3.3, 3.4
 * and 4.
 */
public final class ConfigurationReader {
    /** Files included from inside each other at most. */
    public static final int INCLUDE_DEPTH = 32;

    /** Files of a configuration at most. */
    public static final int FILE_COUNT = 4096;

    /** Bytes of all files together at most. */
    private static final long TOTAL_BYTES = 64L << 20;

    private static final List<String> STATEMENTS = List.of("global", "common", "resource", "include", "skip");

    private final ConfigFiles files;
    private final Diagnostics diagnostics;
    private final Reading reading;
    private final Set<String> seen = new HashSet<>();
    private final List<DeclaredResource> resources = new ArrayList<>();
    private GlobalOptions global = GlobalOptions.DEFAULTS;
    private OptionSections common = OptionSections.NONE;
    private boolean hasGlobal;
    private boolean hasCommon;
    private int fileCount;
    private long bytes;

    public ConfigurationReader(ConfigFiles files, Diagnostics diagnostics) {
        this.files = files;
        this.diagnostics = diagnostics;
        this.reading = new Reading(diagnostics);
    }

    /** Leaves a file out when it is included. A file that does not exist needs no leaving out. */
    public void exclude(String path) {
        try {
            seen.add(files.canonical(path));
        } catch (IOException missing) {
            seen.add(path);
        }
    }

    /** Reads a file and what it includes. */
    public void readFile(String path) {
        byte[] content = content(path, null);
        if (content != null) {
            markSeen(path);
            readText(path, content);
        }
    }

    /** Reads a text that is already at hand, such as standard input. Relative includes start at the current directory. */
    public void readText(String name, byte[] content) {
        SyntaxTree tree = parse(name, content, null);
        if (tree != null) {
            topLevel(tree, 0);
        }
    }

    /** Everything read so far. */
    public DeclaredConfiguration configuration(String file) {
        return new DeclaredConfiguration(file, global, hasGlobal, common, hasCommon, resources);
    }

    private void markSeen(String path) {
        try {
            seen.add(files.canonical(path));
        } catch (IOException notAFile) {
            seen.add(path);
        }
    }

    private byte @Nullable [] content(String path, @Nullable Token mentionedBy) {
        try {
            return files.read(path);
        } catch (ConfigFiles.TooLargeException e) {
            report(DiagnosticCode.FILE_TOO_LARGE, path, mentionedBy, "file '" + path + "' is " + e.getMessage());
        } catch (IOException e) {
            report(
                    DiagnosticCode.FILE_UNREADABLE,
                    path,
                    mentionedBy,
                    "file '" + path + "' cannot be read: " + e.getMessage());
        }
        return null;
    }

    private void report(DiagnosticCode code, String path, @Nullable Token mentionedBy, String message) {
        if (mentionedBy == null) {
            diagnostics.add(code, Location.ofFile(path), message);
        } else {
            diagnostics.add(code, mentionedBy.source(), mentionedBy.start(), mentionedBy.end(), message);
        }
    }

    private @Nullable SyntaxTree parse(String name, byte[] content, @Nullable Token mentionedBy) {
        return parse(name, content, mentionedBy, diagnostics);
    }

    private @Nullable SyntaxTree parse(String name, byte[] content, @Nullable Token mentionedBy, Diagnostics ofText) {
        fileCount++;
        bytes += content.length;
        if (fileCount > FILE_COUNT || bytes > TOTAL_BYTES) {
            report(
                    DiagnosticCode.TOO_MANY_FILES,
                    name,
                    mentionedBy,
                    "more than " + FILE_COUNT + " files or " + (TOTAL_BYTES >> 20) + " MiB in one configuration");
            return null;
        }
        for (byte b : content) {
            if (b == 0) {
                report(DiagnosticCode.FILE_BINARY, name, mentionedBy, "file '" + name + "' is not a text");
                return null;
            }
        }
        SourceFile source = SourceFile.of(name, content);
        diagnostics.register(source);
        return SyntaxParser.parse(source, ofText);
    }

    private void topLevel(SyntaxTree tree, int depth) {
        reading.each(tree.items(), "the file", Set.of("the file"), words -> {
            Token first = words.peek();
            switch (first.kind().isValue() ? first.text() : "") {
                case "global" -> global(words);
                case "common" -> common(words);
                case "resource" -> resource(words);
                case "include" -> include(words, depth);
                default ->
                    words.unknown(
                            DiagnosticCode.UNKNOWN_STATEMENT,
                            first.shown() + " cannot stand at the top level",
                            STATEMENTS);
            }
        });
    }

    private void global(Words words) {
        Token keyword = words.next();
        List<Item> items = words.block();
        if (items == null) {
            return;
        }
        if (!resources.isEmpty()) {
            words.report(
                    DiagnosticCode.GLOBAL_NOT_FIRST, keyword, "the global section stands behind a resource", List.of());
        }
        if (reading.unique("section", "global", "global", keyword)) {
            hasGlobal = true;
            global = new GlobalReader(reading).read(items);
        }
    }

    private void common(Words words) {
        Token keyword = words.next();
        List<Item> items = words.block();
        if (items != null && reading.unique("section", "common", "common", keyword)) {
            hasCommon = true;
            common = commonOptions(keyword, items);
        }
    }

    private OptionSections commonOptions(Token keyword, List<Item> items) {
        return new ResourceReader(reading, true, "common", keyword.location(), (token, file) -> {
                    diagnostics.add(
                            DiagnosticCode.MISPLACED,
                            token.source(),
                            token.start(),
                            token.end(),
                            "'template-file' has no effect in 'common'");
                    return null;
                })
                .read(items)
                .options();
    }

    private void resource(Words words) {
        Token keyword = words.next();
        Token name = words.name("a resource name");
        List<Item> items = words.block();
        if (name == null || items == null) {
            return;
        }
        if (name.value().isEmpty() || name.value().chars().anyMatch(Character::isISOControl)) {
            words.report(
                    DiagnosticCode.VALUE_NOT_VALID,
                    name,
                    "a resource name is not empty and has no control characters",
                    List.of());
        }
        boolean first = reading.unique("resource", name.value(), name.value(), keyword);
        DeclaredResource resource =
                new ResourceReader(reading, false, name.value(), keyword.location(), this::template).read(items);
        if (first) {
            resources.add(resource);
        }
    }

    private void include(Words words, int depth) {
        words.next();
        Token pattern = words.name("a file name or pattern");
        if (pattern == null || !words.end()) {
            return;
        }
        String path = files.resolve(pattern.source().name(), pattern.value());
        List<String> found;
        try {
            found = files.glob(path);
        } catch (IOException e) {
            words.report(
                    DiagnosticCode.FILE_UNREADABLE,
                    pattern,
                    "include " + pattern.shown() + " cannot be read: " + e.getMessage(),
                    List.of());
            return;
        }
        if (found.isEmpty() && pattern.value().chars().noneMatch(c -> c == '*' || c == '?' || c == '[')) {
            words.report(
                    DiagnosticCode.INCLUDE_WITHOUT_MATCH,
                    pattern,
                    "the included file '" + path + "' does not exist or is no regular file",
                    List.of());
        }
        for (String file : found) {
            if (diagnostics.isFull() || !includeFile(words, pattern, file, depth + 1)) {
                return;
            }
        }
    }

    /** Reads one included file; false if there is no point in going on with the next one. */
    private boolean includeFile(Words words, Token pattern, String file, int depth) {
        if (depth > INCLUDE_DEPTH) {
            words.report(
                    DiagnosticCode.INCLUDE_TOO_DEEP,
                    pattern,
                    "more than " + INCLUDE_DEPTH + " files include each other",
                    List.of());
            return false;
        }
        try {
            if (!seen.add(files.canonical(file))) {
                return true;
            }
        } catch (IOException e) {
            report(DiagnosticCode.FILE_UNREADABLE, file, pattern, "file '" + file + "' cannot be read");
            return true;
        }
        byte[] content = content(file, pattern);
        SyntaxTree tree = content == null ? null : parse(file, content, pattern);
        if (tree != null) {
            topLevel(tree, depth);
        }
        return fileCount <= FILE_COUNT && bytes <= TOTAL_BYTES;
    }

    /** A template starts with a common section; what follows is not looked at. */
    private DeclaredResource.@Nullable Template template(Token token, String mentioned) {
        String path = files.resolve(token.source().name(), mentioned);
        byte[] content = content(path, token);
        Diagnostics ofTemplate = new Diagnostics();
        SyntaxTree tree = content == null ? null : parse(path, content, token, ofTemplate);
        if (tree == null) {
            return null;
        }
        Item.Section common = commonOf(tree);
        if (common == null) {
            report(
                    DiagnosticCode.TEMPLATE_WITHOUT_COMMON,
                    path,
                    token,
                    "the template '" + path + "' does not start with 'common'");
            return null;
        }
        Token end = common.close() == null ? tree.end() : common.close();
        ofTemplate.list().stream()
                .filter(finding -> finding.at().compareTo(end.location()) <= 0)
                .forEach(diagnostics::add);
        return new DeclaredResource.Template(mentioned, commonOptions(common.first(), common.items()));
    }

    private static Item.@Nullable Section commonOf(SyntaxTree tree) {
        boolean found = !tree.items().isEmpty()
                && tree.items().getFirst() instanceof Item.Section section
                && section.words().size() == 1
                && section.words().getFirst().isWord("common");
        return found ? (Item.Section) tree.items().getFirst() : null;
    }
}
