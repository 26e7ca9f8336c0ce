package io.bsr.dist;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What the packages put where, as the table says that is read.
 *
 * @param lines in the order of the table
 */
record FileTable(List<Line> lines) {
    /** Where the table is below the root of the sources. */
    static final String PLACE = "dist/src/package/files.table";

    private static final int COLUMNS = 6;

    FileTable {
        lines = List.copyOf(lines);
    }

    /** The packages of a pair. */
    enum Part {
        UTILS,
        ENGINE
    }

    /** What a line is for. */
    enum Scope {
        ALL,
        DEB,
        RPM,
        EL,
        SUSE
    }

    /** What is made of a source; the table explains each. */
    enum Kind {
        FILE,
        CONFIG,
        GZIP,
        TREE,
        FOLDER,
        LINK,
        GHOST
    }

    /**
     * One line.
     *
     * @param mode permissions
     * @param path absolute, where it will be installed
     * @param source below the root of the sources or of the stage; of a link its target
     */
    record Line(Part part, Scope scope, Kind kind, int mode, String path, String source) {}

    /**
     * Reads a table.
     *
     * @throws IOException if it cannot be read, or a line is wrong
     */
    static FileTable read(Path file) throws IOException {
        List<Line> lines = new ArrayList<>();
        List<String> texts = Files.readAllLines(file);
        for (int i = 0; i < texts.size(); i++) {
            String text = texts.get(i).strip();
            if (!text.isEmpty() && !text.startsWith("#")) {
                try {
                    lines.add(line(text));
                } catch (IllegalArgumentException e) {
                    throw new IOException(file + ":" + (i + 1) + ": " + e.getMessage(), e);
                }
            }
        }
        return new FileTable(lines);
    }

    private static Line line(String text) {
        String[] columns = text.split(" +", -1);
        if (columns.length != COLUMNS) {
            throw new IllegalArgumentException("a line has " + COLUMNS + " columns, not " + columns.length);
        }
        if (!columns[4].startsWith("/")) {
            throw new IllegalArgumentException(columns[4] + " is no absolute path");
        }
        return new Line(
                Part.valueOf(columns[0].toUpperCase(Locale.ROOT)),
                Scope.valueOf(columns[1].toUpperCase(Locale.ROOT)),
                Kind.valueOf(columns[2].toUpperCase(Locale.ROOT)),
                Integer.parseInt(columns[3], 8),
                columns[4],
                columns[5]);
    }

    /** The lines of one package of a family. */
    List<Line> of(Part part, Family family) {
        return lines.stream()
                .filter(line -> line.part() == part && family.has(line.scope()))
                .toList();
    }
}
