package io.bsr.sim.states;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.core.option.PeerFamily;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * All states within some events: none is illegal, none is a dead end, and the tables are those of docs/STATES.md. {@code
 * -Dbsr.states.depth=3} goes one event further and does not look at the page.
 */
final class StatesTest {
    private static final Path PAGE = Path.of("..", "docs", "STATES.md");
    private static final int DEPTH = 2;

    private final List<StatesPage.Row> rows = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();

    @Test
    @Timeout(value = 30, unit = TimeUnit.MINUTES)
    @Tag("seeds")
    void no_state_is_illegal_or_a_dead_end_and_the_page_has_them_all() throws IOException {
        int depth = Integer.getInteger("bsr.states.depth", DEPTH);
        Moves bsr = new Moves();
        Moves drbd84 = new Moves();

        Search.Depth both = new Search.Depth(depth, depth);
        Search.Depth quiet = new Search.Depth(depth, 0);
        search("bsr, equal disks", PeerFamily.BSR, true, both, bsr);
        search("bsr, new disks", PeerFamily.BSR, false, quiet, bsr);
        search("8.4 family, equal disks", PeerFamily.DRBD84, true, both, drbd84);
        search("8.4 family, new disks", PeerFamily.DRBD84, false, quiet, drbd84);

        assertTrue(problems.isEmpty(), "\n" + String.join("\n", problems));
        if (depth == DEPTH) {
            String page = StatesPage.of(rows, bsr, drbd84);
            if (Boolean.getBoolean("bsr.pages.write")) {
                Files.writeString(PAGE, page);
            }
            assertEquals(page, Files.readString(PAGE), "run this test once with -Dbsr.pages.write=true");
        }
    }

    private void search(String name, PeerFamily family, boolean synced, Search.Depth depth, Moves moves) {
        Search search = new Search(family, synced, depth, moves);
        search.run();
        rows.add(new StatesPage.Row(
                name, depth, search.quietStates(), search.movingStates(), search.played(), search.newMetadata()));
        for (String problem : search.problems()) {
            problems.add(name + ": " + problem);
        }
    }
}
