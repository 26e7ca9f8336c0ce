package io.bsr.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.config.model.NodeIdentity;
import io.bsr.config.model.ResourceView;
import io.bsr.config.plan.AdjustPlan;
import io.bsr.config.plan.AdjustPlan.Scope;
import io.bsr.config.plan.AdmCommand;
import io.bsr.config.plan.CommandPlan;
import io.bsr.config.plan.CreateMetadataPlan;
import io.bsr.config.plan.Stage;
import io.bsr.config.plan.Target;
import io.bsr.config.plan.UpPlan;
import io.bsr.config.running.RunningReader;
import io.bsr.config.running.RunningResource;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The calls of the command-line reference, sections 2.4 to 2.6. */
class PlansTest {
    private static final String PERSIST = "bsrsetup apply-persist-role r0";

    private static final String CONFIGURED = """
            resource r0 {
              options { quorum majority; }
              net { timeout 50; }
              disk { resync-rate 10M; al-extents 6007; }
              volume 0 { device minor 0; disk /dev/d0; meta-disk internal; }
              volume 1 { device minor 1; disk /dev/d1; meta-disk /dev/m; }
              on a { node-id 0; address 10.0.0.1:7788; }
              on b { node-id 1; address 10.0.0.2:7788; }
              on c { node-id 2; address 10.0.0.3:7788; }
              connection-mesh { hosts a b c; }
            }
            """;

    private static final String RUNNING = """
            resource r0 {
                options {
                    quorum          	majority;
                }
                _this_host {
                    node-id			0;
                    node-name		"a";
                    group		"";
                    volume 0 {
                        device			minor 0;
                        disk			"/dev/d0";
                        meta-disk			internal;
                        disk {
                            al-extents      	6007;
                        }
                    }
                    volume 1 {
                        device			minor 1;
                        disk			"/dev/d1";
                        meta-disk			"/dev/m";
                        disk {
                            al-extents      	6007;
                        }
                    }
                }
                connection {
                    _peer_node_id 1;
                    _peer_node_name	"b";
                    _peer_node_group	"";
                    path {
                        _this_host ipv4 10.0.0.1:7788;
                        _remote_host ipv4 10.0.0.2:7788;
                    }
                    net {
                        timeout         	50; # 1/10 seconds
                        _name           	"b";
                    }
                    volume 0 {
                        disk {
                            resync-rate     	10240k; # bytes/second
                        }
                    }
                    volume 1 {
                        disk {
                            resync-rate     	10240k; # bytes/second
                        }
                    }
                }
                connection {
                    _peer_node_id 2;
                    _peer_node_name	"c";
                    _peer_node_group	"";
                    path {
                        _this_host ipv4 10.0.0.1:7788;
                        _remote_host ipv4 10.0.0.3:7788;
                    }
                    net {
                        timeout         	50; # 1/10 seconds
                        _name           	"c";
                    }
                    volume 0 {
                        disk {
                            resync-rate     	10240k; # bytes/second
                        }
                    }
                    volume 1 {
                        disk {
                            resync-rate     	10240k; # bytes/second
                        }
                    }
                }
            }
            """;

    private static AdjustPlan plan(String configured, String running, Scope scope) throws Exception {
        RunningResource now = RunningReader.read(running).getFirst();
        return AdjustPlan.of(Texts.view(configured), now, scope);
    }

    private static List<String> adjust(String configured, String running) throws Exception {
        return plan(configured, running, Scope.ALL).plan().shellLines();
    }

    /** A change of the configured text must be a change. */
    private static String with(String text, String old, String replacement) {
        assertTrue(text.contains(old), old);
        return text.replace(old, replacement);
    }

    private static List<String> calls(AdmCommand command, Target target, String... given) {
        return CommandPlan.of(command, target, List.of(given)).stream()
                .map(step -> step.command().shellLine())
                .toList();
    }

    @Test
    void without_a_difference_only_the_role_is_applied() throws Exception {
        assertEquals(List.of(PERSIST), adjust(CONFIGURED, RUNNING));
    }

    @Test
    void a_resource_that_does_not_run_is_brought_up_with_defaults_reset() throws Exception {
        ResourceView view = Texts.view(CONFIGURED);

        List<String> lines = AdjustPlan.of(view, null, Scope.ALL).plan().shellLines();

        assertEquals(UpPlan.of(view).shellLines().size(), lines.size());
        assertTrue(lines.contains("bsrsetup peer-device-options r0 1 0 --set-defaults --resync-rate=10M"));
    }

    @Test
    void changed_options_are_set_with_everything_else_reset() throws Exception {
        String changed = with(CONFIGURED, "quorum majority", "persist-role yes");
        changed = with(changed, "timeout 50", "timeout 51");
        changed = with(changed, "resync-rate 10M; al-extents 6007", "resync-rate 11M; al-extents 6008");
        changed = with(changed, "node-id 0;", "node-id 0; options { target-only yes; }");

        assertEquals(
                List.of(
                        "bsrsetup resource-options r0 --set-defaults --persist-role=yes",
                        "bsrsetup node-options r0 --set-defaults --target-only=yes --node-name=a",
                        "bsrsetup net-options r0 1 --set-defaults --_name=b --peer-node-name=b --timeout=51",
                        "bsrsetup net-options r0 2 --set-defaults --_name=c --peer-node-name=c --timeout=51",
                        "bsrsetup peer-device-options r0 1 0 --set-defaults --resync-rate=11M",
                        "bsrsetup peer-device-options r0 1 1 --set-defaults --resync-rate=11M",
                        "bsrsetup peer-device-options r0 2 0 --set-defaults --resync-rate=11M",
                        "bsrsetup peer-device-options r0 2 1 --set-defaults --resync-rate=11M",
                        "bsrsetup disk-options 0 --set-defaults --al-extents=6008",
                        "bsrsetup disk-options 1 --set-defaults --al-extents=6008",
                        PERSIST),
                adjust(changed, RUNNING));
    }

    @Test
    void a_size_is_changed_by_resize() throws Exception {
        String changed = with(CONFIGURED, "meta-disk internal;", "meta-disk internal; disk { size 1G; }");

        assertEquals(
                List.of("bsrsetup resize 0 --size=1G", "bsrsetup check-resize 0", PERSIST), adjust(changed, RUNNING));
    }

    @Test
    void a_changed_address_exchanges_the_path_while_disconnected() throws Exception {
        assertEquals(
                List.of(
                        "bsrsetup disconnect r0 1",
                        "bsrsetup del-path r0 1 ipv4:10.0.0.1:7788 ipv4:10.0.0.2:7788",
                        "bsrsetup new-path r0 1 ipv4:10.0.0.1:7788 ipv4:10.0.0.2:7799 0",
                        PERSIST,
                        "bsrsetup connect r0 1"),
                adjust(with(CONFIGURED, "10.0.0.2:7788", "10.0.0.2:7799"), RUNNING));
    }

    @Test
    void another_transport_needs_a_new_peer() throws Exception {
        String changed = with(CONFIGURED, "timeout 50;", "timeout 50; transport rdma;");

        List<String> lines = adjust(changed, RUNNING);

        assertEquals("bsrsetup del-peer r0 1", lines.getFirst());
        assertTrue(
                lines.contains("bsrsetup new-peer r0 1 --_name=b --peer-node-name=b --transport=rdma --timeout=50"),
                lines::toString);
        assertEquals("bsrsetup connect r0 2", lines.getLast());
    }

    @Test
    void peers_come_and_go() throws Exception {
        String changed = with(CONFIGURED, "on c { node-id 2;", "on d { node-id 3;");
        changed = with(changed, "hosts a b c", "hosts a b d");

        assertEquals(
                List.of(
                        "bsrsetup del-peer r0 2",
                        "bsrsetup new-peer r0 3 --_name=d --peer-node-name=d --timeout=50",
                        "bsrsetup new-path r0 3 ipv4:10.0.0.1:7788 ipv4:10.0.0.3:7788 0",
                        "bsrsetup peer-device-options r0 3 0 --set-defaults --resync-rate=10M",
                        "bsrsetup peer-device-options r0 3 1 --set-defaults --resync-rate=10M",
                        PERSIST,
                        "bsrsetup connect r0 3"),
                adjust(changed, RUNNING));
    }

    @Test
    void volumes_come_and_go() throws Exception {
        String changed = with(CONFIGURED, "volume 1 { device minor 1;", "volume 2 { device minor 5;");

        assertEquals(
                List.of(
                        "bsrsetup detach 1",
                        "bsrsetup del-minor 1",
                        "bsrsetup new-minor r0 5 2",
                        "bsrsetup peer-device-options r0 1 2 --set-defaults --resync-rate=10M",
                        "bsrsetup peer-device-options r0 2 2 --set-defaults --resync-rate=10M",
                        "bsrmeta 5 v09 /dev/m flex-external apply-al",
                        "bsrsetup attach 5 /dev/d1 /dev/m flexible --al-extents=6007",
                        PERSIST),
                adjust(changed, RUNNING));
    }

    @Test
    void a_volume_with_another_minor_is_made_anew() throws Exception {
        List<String> lines = adjust(with(CONFIGURED, "device minor 1;", "device minor 9;"), RUNNING);

        assertEquals(
                List.of("bsrsetup detach 1", "bsrsetup del-minor 1", "bsrsetup new-minor r0 9 1"), lines.subList(0, 3));
    }

    @Test
    void the_disk_of_an_attached_volume_cannot_change() throws Exception {
        AdjustPlan plan = plan(with(CONFIGURED, "/dev/d1", "/dev/other"), RUNNING, Scope.ALL);

        assertEquals(
                List.of("resource r0 volume 1: disk (/dev/d1 /dev/m flexible) is configured,"
                        + " cannot change disk config (/dev/other /dev/m flexible)"),
                plan.refusals());
    }

    @Test
    void a_detached_disk_is_attached_and_a_given_up_connection_is_connected() throws Exception {
        String running = with(RUNNING, "disk\t\t\t\"/dev/d0\";", "");
        running = with(running, "_peer_node_id 2;", "_peer_node_id 2;\n_is_standalone;");
        Scope scope = new Scope(false, false, List.of("--discard-my-data"));

        assertEquals(
                List.of(
                        "bsrmeta 0 v09 /dev/d0 internal apply-al",
                        "bsrsetup attach 0 /dev/d0 /dev/d0 internal --al-extents=6007",
                        PERSIST,
                        "bsrsetup connect r0 2 --discard-my-data"),
                plan(CONFIGURED, running, scope).plan().shellLines());
    }

    @Test
    void disks_and_connections_can_be_left_alone() throws Exception {
        String changed = with(with(CONFIGURED, "timeout 50", "timeout 51"), "al-extents 6007", "al-extents 6008");

        List<String> noDisk =
                plan(changed, RUNNING, new Scope(true, false, List.of())).plan().shellLines();
        List<String> noNet =
                plan(changed, RUNNING, new Scope(false, true, List.of())).plan().shellLines();

        assertTrue(noDisk.stream().noneMatch(line -> line.contains("disk-options")), noDisk::toString);
        assertTrue(noNet.stream().noneMatch(line -> line.contains("net-options")), noNet::toString);
        assertEquals(3, noDisk.size());
        assertEquals(3, noNet.size());
    }

    @Test
    void a_changed_node_id_is_refused() throws Exception {
        AdjustPlan plan = plan(with(CONFIGURED, "on a { node-id 0;", "on a { node-id 7;"), RUNNING, Scope.ALL);

        assertTrue(plan.plan().isEmpty());
        assertEquals(1, plan.refusals().size());
    }

    @Test
    void several_resources_go_through_the_stages_together() throws Exception {
        String two = CONFIGURED
                + with(with(with(CONFIGURED, "resource r0", "resource r1"), ":7788", ":7799"), "minor ", "minor 1")
                        .replace("/dev/", "/dev/x");
        var view = Texts.read(two).orThrow().viewOf(NodeIdentity.named("a"));

        List<Stage> stages = UpPlan.of(view.resources()).commands().stream()
                .map(c -> c.stage())
                .toList();

        assertEquals(stages.stream().sorted().toList(), stages);
        assertEquals(
                "bsrsetup new-resource r1 0 --quorum=majority",
                UpPlan.of(view.resources()).shellLines().get(1));
    }

    @Test
    void simple_commands_are_spelled_as_in_the_reference() throws Exception {
        ResourceView view = Texts.view(CONFIGURED);
        Target all = Target.of(view);
        Target one =
                new Target(view, view.volume(1).orElseThrow(), view.peer("c").orElseThrow());

        assertEquals(
                List.of("bsrsetup detach 0 --force", "bsrsetup detach 1 --force"),
                calls(AdmCommand.DETACH, all, "--force"));
        assertEquals(
                List.of("bsrsetup disconnect r0 1", "bsrsetup disconnect r0 2"), calls(AdmCommand.DISCONNECT, all));
        assertEquals(List.of("bsrsetup down r0"), calls(AdmCommand.DOWN, all));
        assertEquals(List.of("bsrsetup primary r0 --force"), calls(AdmCommand.PRIMARY, all, "--force"));
        assertEquals(List.of("bsrsetup verify r0 2 1 --start=8s"), calls(AdmCommand.VERIFY, one, "--start=8s"));
        assertEquals(
                List.of(
                        "bsrsetup pause-sync r0 1 0",
                        "bsrsetup pause-sync r0 1 1",
                        "bsrsetup pause-sync r0 2 0",
                        "bsrsetup pause-sync r0 2 1"),
                calls(AdmCommand.PAUSE_SYNC, all));
        assertEquals(
                List.of("bsrsetup net-options r0 2 --_name=c --peer-node-name=c --timeout=50"),
                calls(AdmCommand.NET_OPTIONS, one));
        assertEquals(
                List.of("bsrsetup peer-device-options r0 2 1 --resync-rate=10M"),
                calls(AdmCommand.PEER_DEVICE_OPTIONS, one));
        assertEquals(List.of("bsrsetup node-options r0 --node-name=a"), calls(AdmCommand.NODE_OPTIONS, all));
        assertEquals(List.of("bsrmeta 1 v09 /dev/m flex-external dump-md"), calls(AdmCommand.DUMP_MD, one));
        assertEquals(
                List.of(
                        "bsrmeta 1 v09 /dev/m flex-external apply-al",
                        "bsrsetup attach 1 /dev/d1 /dev/m flexible --al-extents=6007"),
                calls(AdmCommand.ATTACH, one));
        assertEquals(
                List.of("bsrsetup resize 0", "bsrsetup check-resize 0", "bsrsetup resize 1", "bsrsetup check-resize 1"),
                calls(AdmCommand.RESIZE, all));
    }

    @Test
    void where_the_engine_cannot_answer_the_metadata_is_asked() throws Exception {
        ResourceView view = Texts.view(CONFIGURED);
        Target one =
                new Target(view, view.volume(1).orElseThrow(), view.peer("c").orElseThrow());

        var step = CommandPlan.of(AdmCommand.SHOW_GI, one, List.of()).getFirst();
        var fallback = step.fallback();

        assertEquals("bsrsetup show-gi r0 2 1", step.command().shellLine());
        assertNotNull(fallback);
        assertEquals(
                "bsrmeta 1 v09 /dev/m flex-external --node-id=2 show-gi",
                fallback.commands().getFirst().shellLine());
        assertEquals("show-gi", fallback.commands().getFirst().verb());
    }

    @Test
    void metadata_gets_room_for_the_peers_that_have_a_disk() throws Exception {
        String diskless = with(CONFIGURED, "on c { node-id 2;", "on c { node-id 2; volume 1 { disk none; }");
        Target all = Target.of(Texts.view(diskless));

        assertEquals(
                List.of("bsrmeta 0 v09 /dev/d0 internal create-md 2", "bsrmeta 1 v09 /dev/m flex-external create-md 1"),
                CreateMetadataPlan.of(all, null, List.of()).shellLines());
        assertEquals(
                "bsrmeta 0 v09 /dev/d0 internal create-md 7 --force",
                CreateMetadataPlan.of(all, 7, List.of("--force")).shellLines().getFirst());
    }

    @Test
    void every_command_knows_the_options_it_hands_on() {
        for (AdmCommand command : AdmCommand.values()) {
            assertTrue(
                    command.options().stream().noneMatch(option -> option.name().isEmpty()), command.verb());
            assertEquals(command, AdmCommand.named(command.verb()).orElseThrow());
        }
    }
}
