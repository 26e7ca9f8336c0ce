package io.bsr.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * The page about drbdadm is made from the table that the comparison uses. After a change of the table, run this test once
 * with {@code -Dbsr.pages.write=true}: it writes the page.
 */
class KnownDifferencesPageTest {
    private static final Path PAGE = Path.of("..", "docs", "drbdadm.md");

    @Test
    void the_page_shows_every_difference_with_its_reason() throws IOException {
        StringBuilder page = new StringBuilder("""
                <!-- Generated from the table of the comparison; KnownDifferencesPageTest says how. -->

                # Our reader beside drbdadm

                A corpus of more than 500 configurations, generated from seeds and made from single statements, is given to
                Debian's drbdadm 9.22 and to our reader, with the names exchanged. Both have to agree about what is accepted, what
                `-d up` prints (without the options and steps that only bsr has), and what `dump`, `-d dump`, `-v dump` and
                `dump-xml` print. These are all the differences that remain; each is met by at least one configuration.

                | difference in | ours | why |
                |---|---|---|
                """);
        for (KnownDifference difference : KnownDifference.all()) {
            String kind =
                    switch (difference.kind()) {
                        case ACCEPTED_BY_BSR -> "accepted here only";
                        case REFUSED_BY_BSR -> "refused here only";
                        case UP -> "`-d up`";
                        case DUMP -> "`dump`";
                        case XML -> "`dump-xml`";
                    };
            page.append("| " + kind + " | " + difference.ours() + " | " + difference.reason() + " |\n");
        }
        if (Boolean.getBoolean("bsr.pages.write")) {
            Files.writeString(PAGE, page);
        }

        assertEquals(page.toString(), Files.readString(PAGE));
    }
}
