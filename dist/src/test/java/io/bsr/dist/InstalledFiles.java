package io.bsr.dist;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.bsr.dist.Contents.Item;
import io.bsr.dist.FileTable.Kind;
import io.bsr.dist.FileTable.Line;
import io.bsr.dist.FileTable.Part;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Compares a system with the table of files. */
final class InstalledFiles {
    /** Files of the package manager itself, and what is made at an installation. */
    private static final Pattern NOT_PACKED = Pattern.compile(
            "/before|/(proc|sys|dev|run|tmp)/?.*|/var/lib/(dpkg|rpm)/.*|/var/log/dpkg.log|/var/cache/bsr/.*\\.aot"
                    + "|/var/log/alternatives.log|/var/cache/ldconfig/.*|/var/lib/rpm|/root/.rpmdb/?.*|/usr/share/distribution");

    private InstalledFiles() {}

    /**
     * Fails if a path that was not there before is not what the table says, or one of the table is missing.
     *
     * @param before the paths without the packages
     * @param found lines of path, mode, owner, type and target of a link
     */
    static void assertAgree(Product product, Family family, List<String> before, List<String> found)
            throws IOException {
        Map<String, String> expected = expected(product, family);
        Set<String> known = new HashSet<>(before);
        Map<String, String> actual = new TreeMap<>();
        for (String line : found) {
            int blank = line.indexOf(' ');
            String path = line.substring(0, blank);
            boolean ours = expected.containsKey(path);
            if ((ours || !known.contains(path)) && !NOT_PACKED.matcher(path).matches()) {
                actual.put(path, line.substring(blank + 1).strip());
            }
        }
        // Folders of the system may have other modes, and are not ours to judge.
        expected.keySet()
                .removeIf(
                        path -> known.contains(path) || NOT_PACKED.matcher(path).matches());
        actual.keySet().removeIf(known::contains);
        Map<String, String> missing = new TreeMap<>(expected);
        Map<String, String> unexpected = new TreeMap<>(actual);
        missing.entrySet().removeAll(actual.entrySet());
        unexpected.entrySet().removeAll(expected.entrySet());
        assertEquals("", lines(missing), "of the table, but not there");
        assertEquals("", lines(unexpected), "there, but not as in the table");
    }

    private static Map<String, String> expected(Product product, Family family) throws IOException {
        Build build = product.build();
        FileTable table = FileTable.read(build.sources().resolve(FileTable.PLACE));
        Map<String, String> expected = new TreeMap<>();
        for (Part part : Part.values()) {
            Contents.of(table, part, family, build.sources(), build.stage())
                    .items()
                    .forEach((path, item) -> expected.put(path, description(item)));
            for (Line line : table.of(part, family)) {
                if (line.kind() == Kind.GHOST) {
                    expected.put(line.path(), Integer.toOctalString(line.mode()) + " root:root d");
                }
            }
        }
        return expected;
    }

    private static String description(Item item) {
        String mode = Integer.toOctalString(item.mode()) + " root:root ";
        return switch (item) {
            case Item.Copy copy -> mode + "f";
            case Item.Made made -> mode + "f";
            case Item.Folder folder -> mode + "d";
            case Item.Link link -> mode + "l " + link.target();
        };
    }

    private static String lines(Map<String, String> map) {
        StringBuilder text = new StringBuilder();
        map.forEach((path, description) ->
                text.append(path).append(' ').append(description).append('\n'));
        return text.toString();
    }
}
