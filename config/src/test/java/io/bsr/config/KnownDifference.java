package io.bsr.config;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A row of {@code corpus/differences.tsv}: where our reader and drbdadm differ on purpose.
 *
 * @param id for messages; unique
 * @param pattern found in the text of the configurations in question
 * @param ours what ours does
 * @param reason why
 */
record KnownDifference(String id, Kind kind, Pattern pattern, String ours, String reason) {

    /** In what both differ. */
    enum Kind {
        ACCEPTED_BY_BSR,
        REFUSED_BY_BSR,
        UP,
        DUMP,
        XML
    }

    static List<KnownDifference> all() throws IOException {
        List<KnownDifference> all = new ArrayList<>();
        for (String line : Texts.resource("corpus/differences.tsv").lines().toList()) {
            if (!line.startsWith("#") && !line.isBlank()) {
                String[] fields = line.split("\t", -1);
                Pattern pattern = Pattern.compile(fields[2]);
                all.add(new KnownDifference(fields[0], Kind.valueOf(fields[1]), pattern, fields[3], fields[4]));
            }
        }
        return all;
    }

    boolean explains(Kind found, String text) {
        return kind == found && pattern.matcher(text).find();
    }
}
