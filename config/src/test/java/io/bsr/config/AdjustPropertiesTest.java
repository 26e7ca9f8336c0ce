package io.bsr.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.config.model.NodeIdentity;
import io.bsr.config.model.ResourceView;
import io.bsr.config.plan.AdjustPlan;
import io.bsr.config.plan.UpPlan;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whatever is configured before and after: adjust ends where it should, and then has nothing more to do. */
class AdjustPropertiesTest {
    private static final NodeIdentity NODE_A = NodeIdentity.named("a");
    private static final int PAIRS = Integer.getInteger("bsr.config.adjust.pairs", 400);
    private static final String NOTHING = "bsrsetup apply-persist-role r0";

    private static List<ResourceView> views() throws Exception {
        List<ResourceView> views = new ArrayList<>();
        for (int seed = 0; views.size() < PAIRS; seed++) {
            ReadResult read = Texts.read(GeneratedConfigurations.of(9000 + seed));
            if (read.valid()) {
                views.add(read.configuration().viewOf(NODE_A).resources().getFirst());
            }
        }
        return views;
    }

    private static AdjustPlan adjust(EngineModel engine, ResourceView wanted) {
        AdjustPlan plan = AdjustPlan.of(wanted, engine.running(), AdjustPlan.Scope.ALL);
        if (plan.refusals().isEmpty()) {
            plan.plan().commands().forEach(engine::run);
        }
        return plan;
    }

    @Test
    void after_up_there_is_nothing_to_adjust() throws Exception {
        for (ResourceView view : views()) {
            EngineModel engine = new EngineModel();
            assertNull(engine.running());
            UpPlan.of(view).commands().forEach(engine::run);

            AdjustPlan plan = adjust(engine, view);

            assertEquals(List.of(NOTHING), plan.plan().shellLines());
            assertEquals(List.of(), plan.changes());
        }
    }

    @Test
    void there_and_back_is_a_plan_without_changes() throws Exception {
        List<ResourceView> views = views();
        int changed = 0;
        for (int i = 0; i + 1 < views.size(); i++) {
            ResourceView before = views.get(i);
            ResourceView after = views.get(i + 1);
            EngineModel engine = new EngineModel();
            adjust(engine, before);

            if (!adjust(engine, after).refusals().isEmpty()) {
                continue;
            }
            assertEquals(List.of(NOTHING), adjust(engine, after).plan().shellLines());
            assertEquals(List.of(), adjust(engine, before).refusals());
            assertEquals(List.of(NOTHING), adjust(engine, before).plan().shellLines());
            changed++;
        }
        assertTrue(changed > PAIRS / 20, "only " + changed + " pairs can be adjusted to each other");
    }

    @Test
    void every_change_says_why() throws Exception {
        List<ResourceView> views = views();
        for (int i = 0; i + 1 < views.size(); i++) {
            EngineModel engine = new EngineModel();
            adjust(engine, views.get(i));

            AdjustPlan plan = AdjustPlan.of(views.get(i + 1), engine.running(), AdjustPlan.Scope.ALL);

            plan.changes().forEach(change -> {
                assertTrue(!change.reasons().isEmpty(), () -> change.explanation().toString());
                assertTrue(!change.commands().isEmpty(), () -> change.explanation().toString());
            });
        }
    }
}
