package io.bsr.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.config.dump.Dump;
import io.bsr.config.dump.DumpStyle;
import io.bsr.config.model.NodeIdentity;
import io.bsr.config.model.ResourceView;
import io.bsr.config.plan.AdjustPlan;
import io.bsr.config.plan.CreateMetadataPlan;
import io.bsr.config.plan.Target;
import io.bsr.config.plan.UpPlan;
import io.bsr.config.running.RunningReader;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Configurations that the real bsr 1.7.8.1 has read, with what it made of them. */
class ObservedConfigurationsTest {
    @Test
    void up_prints_the_calls_of_the_original() throws Exception {
        ResourceView view = Texts.view(Texts.resource("initial-sync.res"), "n1");

        assertEquals(
                Texts.resource("initial-sync.up").lines().toList(),
                UpPlan.of(view).shellLines());
    }

    @Test
    void dump_prints_the_text_of_the_original() throws Exception {
        Configuration configuration =
                Texts.read(Texts.resource("initial-sync.res"), "n1").orThrow();

        String dump =
                Dump.resources(configuration, configuration.resources(), NodeIdentity.named("n1"), DumpStyle.ORIGINAL);

        assertEquals(Texts.resource("initial-sync.dump") + "\n", dump);
    }

    @Test
    void the_dump_of_the_original_can_be_read_although_the_original_cannot() throws Exception {
        ReadResult again = Texts.read(Texts.resource("initial-sync.dump"), "n1");

        ResourceView view =
                again.orThrow().viewOf(NodeIdentity.named("n1")).resources().getFirst();
        assertEquals(
                Texts.resource("initial-sync.up").lines().toList(),
                UpPlan.of(view).shellLines());
        assertEquals(List.of("W803", "W803"), Texts.codes(again));
    }

    @Test
    void a_node_that_runs_what_is_configured_needs_no_adjustment() throws Exception {
        ResourceView view = Texts.view(Texts.resource("initial-sync.res"), "n2");
        var running = RunningReader.read(Texts.resource("show.txt")).getFirst();

        AdjustPlan plan = AdjustPlan.of(view, running, AdjustPlan.Scope.ALL);

        assertEquals(List.of("bsrsetup apply-persist-role r0"), plan.plan().shellLines());
        assertEquals(List.of(), plan.refusals());
    }

    @Test
    void defaults_in_the_running_configuration_make_no_difference() throws Exception {
        ResourceView view = Texts.view(Texts.resource("initial-sync.res"), "n2");
        var running = RunningReader.read(Texts.resource("show-defaults.txt")).getFirst();

        AdjustPlan plan = AdjustPlan.of(view, running, AdjustPlan.Scope.ALL);

        assertEquals(List.of("bsrsetup apply-persist-role r0"), plan.plan().shellLines());
    }

    @Test
    void an_external_meta_disk_is_attached_as_flexible() throws Exception {
        ResourceView view = Texts.view(Texts.resource("resync-verify.res"), "n1");

        List<String> lines = UpPlan.of(view).shellLines();

        assertTrue(lines.contains("bsrmeta 0 v09 /dev/vdb flex-external apply-al"), lines::toString);
        assertTrue(lines.contains("bsrsetup attach 0 /dev/vda /dev/vdb flexible"), lines::toString);
        assertEquals(
                List.of("bsrmeta 0 v09 /dev/vdb flex-external create-md 1 --force"),
                CreateMetadataPlan.of(Target.of(view), null, List.of("--force")).shellLines());
    }

    @Test
    void the_sample_of_the_reference_has_its_effective_result() throws Exception {
        ResourceView view = Texts.view(Texts.resource("sample.conf"), "a");

        assertEquals(
                Texts.resource("sample.up").lines().toList(), UpPlan.of(view).shellLines());
    }

    @Test
    void typical_configurations_are_valid() throws Exception {
        for (String name : List.of("typical-mirror.res", "typical-mesh.res", "typical-windows.res")) {
            ReadResult result = Texts.read(Texts.resource(name), "node-a");

            assertEquals(List.of(), result.diagnostics(), name);
            assertEquals(1, result.configuration().resources().size(), name);
        }
    }

    @Test
    void a_floating_host_is_recognised_by_its_address() throws Exception {
        Configuration configuration =
                Texts.read(Texts.resource("typical-floating.res"), "172.30.0.9").orThrow();

        ResourceView view = configuration
                .viewOf(NodeIdentity.named("172.30.0.9"))
                .resources()
                .getFirst();
        assertEquals(1, view.self().nodeId());
        assertEquals("10.20.0.100:7791", view.peers().getFirst().name());
        assertEquals(
                List.of("shared"),
                configuration.viewOf(NodeIdentity.named("172.30.0.9:7791")).ignored());
    }
}
