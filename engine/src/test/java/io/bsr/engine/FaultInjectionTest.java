package io.bsr.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.base.error.ErrorCode;
import io.bsr.base.state.ConnectionState;
import io.bsr.base.state.DiskState;
import io.bsr.base.state.ReplicationState;
import io.bsr.base.state.Role;
import io.bsr.control.ControlClient;
import io.bsr.control.command.Command;
import io.bsr.control.status.EngineInfo;
import io.bsr.control.status.ParameterStatus;
import io.bsr.control.status.PeerDeviceStatus;
import io.bsr.control.status.ResourceStatus;
import io.bsr.frontend.nbd.ExportClient;
import io.bsr.loop.LoopKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Disks that fail, and changes that are refused, because an administrator wants to see what then happens. */
class FaultInjectionTest {
    private static final long DISK_BYTES = 8 << 20;

    @TempDir
    Path folder = Path.of("/");

    private final List<Engine> engines = new ArrayList<>();
    private final List<TestNode> nodes = new ArrayList<>();

    @AfterEach
    void stop() {
        nodes.forEach(TestNode::close);
        engines.forEach(Engine::stop);
    }

    @Test
    void a_write_that_fails_on_purpose_detaches_the_disk() throws Exception {
        TestNode node = primary("detach");
        try (ExportClient user = ExportClient.open(node.nbdSocket(), "r0/0")) {
            user.write(0, new byte[4096]);
            assertEquals(DiskState.UP_TO_DATE, disk(node.r0()));

            set(node, "enable_faults=16", "fault_rate=100");

            assertThrows(IOException.class, () -> user.write(0, new byte[4096]));
            node.await("a lost disk", r0 -> disk(r0) == DiskState.DISKLESS);
        }
        assertEquals("1", parameter(node, "fault_count"));
        assertTrue(node.r0().volumes().getFirst().failure().contains("gave up"), node.r0()::toString);
    }

    @Test
    void a_rate_of_nothing_an_operation_of_another_kind_and_another_device_are_left_alone() throws Exception {
        TestNode node = primary("detach");
        set(node, "enable_faults=0x3f", "fault_rate=0");
        try (ExportClient user = ExportClient.open(node.nbdSocket(), "r0/0")) {
            for (int i = 0; i < 100; i++) {
                user.write(i * 4096L, new byte[4096]);
            }
            set(node, "enable_faults=12", "fault_rate=100");
            user.write(0, new byte[4096]);
            set(node, "fault_devs=2", "enable_faults=0x3f");
            user.write(0, new byte[4096]);
            user.flush();
        }
        assertEquals(DiskState.UP_TO_DATE, disk(node.r0()));
        assertEquals("0", parameter(node, "fault_count"));
    }

    @Test
    void a_quarter_of_all_reads_fails_where_a_quarter_is_asked_for() throws Exception {
        TestNode node = primary("passthrough");
        set(node, "enable_faults=32", "fault_rate=25");
        int failed = 0;
        try (ExportClient user = ExportClient.open(node.nbdSocket(), "r0/0")) {
            for (int i = 0; i < 40; i++) {
                try {
                    user.read(i * 4096L, 4096);
                } catch (IOException e) {
                    failed++;
                }
            }
        }
        assertEquals(10, failed);
        assertEquals("10", parameter(node, "fault_count"));
        set(node, "fault_count=0");
        assertEquals("0", parameter(node, "fault_count"));
    }

    @Test
    void metadata_that_cannot_be_written_cost_the_disk_and_the_data_are_spared() throws Exception {
        TestNode node = primary("detach");
        set(node, "enable_faults=1", "fault_rate=100");
        try (ExportClient user = ExportClient.open(node.nbdSocket(), "r0/0")) {
            assertThrows(IOException.class, () -> user.write(0, new byte[4096]));
        }
        node.await("a lost disk", r0 -> disk(r0) == DiskState.DISKLESS);
    }

    @Test
    void a_resync_that_cannot_write_does_not_touch_what_users_do() throws Exception {
        int alphaPort = Disks.freePort();
        int betaPort = Disks.freePort();
        TestNode alpha = start("alpha");
        TestNode beta = start("beta", "enable_faults=4", "fault_rate=100");
        alpha.up(Metadata.disk(folder.resolve("alpha.disk"), DISK_BYTES), 0, 1, "beta", alphaPort, betaPort);
        beta.up(Metadata.disk(folder.resolve("beta.disk"), DISK_BYTES), 1, 0, "alpha", betaPort, alphaPort);
        beta.does(new Command.DiskOptions(0, false, Map.of("on-io-error", "detach")));
        alpha.does(new Command.Connect("r0", 1, false, false), new Command.Primary("r0", true));
        beta.does(new Command.Connect("r0", 0, false, false));

        beta.await("a lost disk", r0 -> disk(r0) == DiskState.DISKLESS);

        assertFalse(parameter(beta, "fault_count").equals("0"));
        assertEquals("0", parameter(alpha, "fault_count"));
        assertEquals(DiskState.UP_TO_DATE, disk(alpha.r0()));
    }

    @Test
    void a_promotion_is_refused_as_long_as_the_peer_refuses_on_purpose() throws Exception {
        int alphaPort = Disks.freePort();
        int betaPort = Disks.freePort();
        TestNode alpha = start("alpha");
        TestNode beta = start("beta");
        alpha.up(Metadata.disk(folder.resolve("alpha.disk"), DISK_BYTES), 0, 1, "beta", alphaPort, betaPort);
        beta.up(Metadata.disk(folder.resolve("beta.disk"), DISK_BYTES), 1, 0, "alpha", betaPort, alphaPort);
        alpha.does(new Command.Connect("r0", 1, false, false));
        beta.does(new Command.Connect("r0", 0, false, false));
        alpha.await("the connection", FaultInjectionTest::established);
        set(beta, "two_phase_commit_fail=1");

        assertFalse(alpha.run(new Command.Primary("r0", true)).success());
        assertEquals(Role.SECONDARY, alpha.r0().role());

        set(beta, "two_phase_commit_fail=0");
        alpha.does(new Command.Primary("r0", true));
        assertTrue(Files.readString(beta.files.logFile()).contains("refused on purpose"));
    }

    @Test
    void a_parameter_that_does_not_exist_or_cannot_change_is_refused() throws Exception {
        TestNode node = start("alpha");

        assertEquals(ErrorCode.INVALID_REQUEST, node.code(new Command.SetParameter("frobnicate", "1")));
        assertEquals(ErrorCode.INVALID_REQUEST, node.code(new Command.SetParameter("minor_count", "1")));
        assertEquals(ErrorCode.INVALID_REQUEST, node.code(new Command.SetParameter("fault_rate", "101")));
    }

    private TestNode primary(String onIoError) throws Exception {
        TestNode node = start("alpha");
        node.does(
                new Command.NewResource("r0", 0, Map.of()),
                new Command.NewMinor("r0", 0, 0, Map.of()),
                TestNode.attach(Metadata.disk(folder.resolve("disk"), DISK_BYTES)),
                new Command.DiskOptions(0, false, Map.of("on-io-error", onIoError)),
                new Command.Primary("r0", true));
        return node;
    }

    private TestNode start(String name, String... parameters) throws Exception {
        Path root = folder.resolve(name);
        engines.add(Engine.start(
                new EngineOptions(root, name, LoopKind.PORTABLE, 1, List.of(), false, List.of(parameters))));
        TestNode node = new TestNode(root, name);
        nodes.add(node);
        return node;
    }

    private static void set(TestNode node, String... assignments) throws Exception {
        for (String assignment : assignments) {
            String[] sides = assignment.split("=", 2);
            node.does(new Command.SetParameter(sides[0], sides[1]));
        }
    }

    private static String parameter(TestNode node, String name) throws Exception {
        try (ControlClient client = ControlClient.connect(node.files)) {
            EngineInfo info = (EngineInfo) client.call(new Command.Info()).result();
            return info.parameters().stream()
                    .filter(p -> p.name().equals(name))
                    .map(ParameterStatus::value)
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static DiskState disk(ResourceStatus r0) {
        return r0.volumes().getFirst().disk();
    }

    private static boolean established(ResourceStatus r0) {
        PeerDeviceStatus peer = r0.connections().getFirst().peerDevices().getFirst();
        return r0.connections().getFirst().state() == ConnectionState.CONNECTED
                && peer.replication() == ReplicationState.ESTABLISHED;
    }
}
