package io.bsr.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bsr.base.error.ErrorCode;
import io.bsr.base.error.Outcome;
import io.bsr.base.port.Endpoint;
import io.bsr.base.state.DiskState;
import io.bsr.base.state.Role;
import io.bsr.control.ControlClient;
import io.bsr.control.ControlException;
import io.bsr.control.EngineFiles;
import io.bsr.control.command.Command;
import io.bsr.control.setting.LogSettings;
import io.bsr.control.setting.Setting;
import io.bsr.control.setting.SettingFiles;
import io.bsr.control.status.Diagnosis;
import io.bsr.control.status.EngineInfo;
import io.bsr.control.status.ExportList;
import io.bsr.control.status.ResourceStatus;
import io.bsr.frontend.nbd.ExportClient;
import io.bsr.loop.LoopKind;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One engine in this process, on the portable loop. */
class EngineTest {
    private static final long MIB = 1 << 20;

    private Path root = Path.of("/");
    private final List<Engine> engines = new ArrayList<>();
    private final List<TestNode> nodes = new ArrayList<>();

    @BeforeEach
    void folder(@TempDir Path folder) {
        root = folder;
    }

    @AfterEach
    void stop() {
        nodes.forEach(TestNode::close);
        engines.forEach(Engine::stop);
    }

    @Test
    void an_engine_says_what_it_is() throws Exception {
        TestNode node = start();

        try (ControlClient client = ControlClient.connect(node.files)) {
            EngineInfo info = (EngineInfo) client.call(new Command.Info()).result();
            assertEquals("alpha", info.node());
            assertEquals(root.toString(), info.root());
            assertTrue(info.edge().contains("portable") || info.edge().contains("selector"), info.edge());
            assertEquals(List.of("unix:" + node.nbdSocket()), info.nbd());
            assertEquals("0.1.0", info.version());
        }
        assertEquals(List.of(), node.status().resources());
    }

    @Test
    void the_runtime_folder_is_for_its_owner_only() throws Exception {
        TestNode node = start();

        assertEquals(
                "rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(node.files.runtimeFolder())));
    }

    @Test
    void a_second_engine_below_the_same_root_is_refused_and_the_first_goes_on() throws Exception {
        TestNode node = start();

        StartException refusal = assertThrows(StartException.class, () -> Engine.start(options()));

        assertTrue(String.valueOf(refusal.getMessage()).contains("An engine runs already"), refusal.getMessage());
        assertTrue(
                String.valueOf(refusal.getMessage())
                        .contains(Long.toString(ProcessHandle.current().pid())),
                refusal.getMessage());
        assertEquals("alpha", node.status().node());
    }

    @Test
    void what_a_dead_engine_left_is_taken_over() throws Exception {
        EngineFiles files = new EngineFiles(root);
        Files.createDirectories(files.runtimeFolder());
        Files.writeString(files.lockFile(), "4711\n");
        for (Path socket : List.of(files.controlSocket(), files.nbdSocket())) {
            try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
                dead.bind(UnixDomainSocketAddress.of(socket));
            }
        }

        TestNode node = start();

        assertEquals("alpha", node.status().node());
    }

    @Test
    void an_engine_that_was_stopped_can_be_started_again() throws Exception {
        start();
        nodes.removeLast().close();

        assertTrue(engines.removeLast().stop());

        assertEquals("alpha", start().status().node());
    }

    @Test
    void an_nbd_port_in_use_is_a_clear_error() throws Exception {
        try (ServerSocket busy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            EngineOptions options = new EngineOptions(
                    root,
                    "alpha",
                    LoopKind.PORTABLE,
                    1,
                    List.of(Endpoint.ipv4("127.0.0.1", busy.getLocalPort())),
                    false);

            StartException refusal = assertThrows(StartException.class, () -> Engine.start(options));

            assertTrue(
                    String.valueOf(refusal.getMessage())
                            .startsWith("Cannot listen at ipv4:127.0.0.1:" + busy.getLocalPort()),
                    refusal.getMessage());
        }
        assertEquals("alpha", start().status().node());
    }

    @Test
    void a_root_whose_socket_path_would_be_too_long_is_refused() {
        Path deep = root.resolve("d".repeat(100));

        StartException refusal = assertThrows(
                StartException.class,
                () -> Engine.start(new EngineOptions(deep, "alpha", LoopKind.PORTABLE, 1, List.of(), false)));

        assertTrue(String.valueOf(refusal.getMessage()).contains("Choose a shorter root"), refusal.getMessage());
    }

    @Test
    void unknown_resources_and_minors_are_refused_with_the_codes_of_bsr() throws Exception {
        TestNode node = start();

        assertEquals(ErrorCode.UNKNOWN_RESOURCE, node.code(new Command.Primary("r9", false)));
        assertEquals(ErrorCode.UNKNOWN_RESOURCE, node.code(new Command.NewMinor("r9", 0, 0, Map.of())));
        assertEquals(ErrorCode.MINOR_UNKNOWN, node.code(new Command.Detach(5, false)));
        assertEquals(ErrorCode.MINOR_UNKNOWN, node.code(TestNode.attachTo(5, Path.of("/x"))));
        assertEquals(ErrorCode.SUCCESS, node.code(new Command.Down("r9")));
    }

    @Test
    void numbers_out_of_range_and_bad_names_are_refused() throws Exception {
        TestNode node = start();
        node.does(new Command.NewResource("r0", 0, Map.of()));

        assertEquals(ErrorCode.INVALID_PEER_NODE_ID, node.code(new Command.NewResource("r1", 32, Map.of())));
        assertEquals(ErrorCode.INVALID_PEER_NODE_ID, node.code(new Command.NewPeer("r0", -1, Map.of())));
        assertEquals(ErrorCode.INVALID_REQUEST, node.code(new Command.NewMinor("r0", 0, 65535, Map.of())));
        assertEquals(ErrorCode.INVALID_REQUEST, node.code(new Command.NewMinor("r0", 1 << 20, 0, Map.of())));
        for (String bad : List.of("", "a b", "a/b", "all", "x".repeat(128), "a\nb")) {
            assertEquals(ErrorCode.INVALID_REQUEST, node.code(new Command.NewResource(bad, 0, Map.of())), bad);
        }
        assertEquals(
                List.of("r0"),
                node.status().resources().stream().map(ResourceStatus::name).toList());
    }

    @Test
    void a_minor_belongs_to_one_volume_of_the_engine() throws Exception {
        TestNode node = start();
        node.does(
                new Command.NewResource("r0", 0, Map.of()),
                new Command.NewResource("r1", 0, Map.of()),
                new Command.NewMinor("r0", 7, 0, Map.of()));

        assertEquals(ErrorCode.MINOR_OR_VOLUME_EXISTS, node.code(new Command.NewMinor("r1", 7, 0, Map.of())));
        assertEquals(ErrorCode.MINOR_OR_VOLUME_EXISTS, node.code(new Command.NewMinor("r0", 8, 0, Map.of())));
        node.does(new Command.DelMinor(7), new Command.NewMinor("r1", 7, 0, Map.of()));
        node.does(new Command.Down("r1"), new Command.NewMinor("r0", 7, 3, Map.of()));
    }

    @Test
    void an_option_with_a_wrong_value_is_refused_and_stops_nothing() throws Exception {
        TestNode node = start();
        node.does(new Command.NewResource("r0", 0, Map.of()));

        Outcome outcome = node.run(new Command.ResourceOptions("r0", false, Map.of("twopc-timeout", "soon")));

        assertEquals(ErrorCode.INVALID_REQUEST, outcome.code());
        assertTrue(outcome.detail().contains("twopc-timeout"), outcome.detail());
        assertEquals("", node.r0().failed());
        assertEquals(Map.of(), node.r0().options());
    }

    @Test
    void a_node_without_a_configured_name_has_that_of_the_engine() throws Exception {
        TestNode node = start();
        node.does(new Command.NewResource("r0", 0, Map.of()));
        assertEquals("alpha", node.r0().nodeName());

        node.does(new Command.NodeOptions("r0", true, Map.of("node-name", "a1")));
        assertEquals("a1", node.r0().nodeName());

        node.does(new Command.ResourceOptions("r0", true, Map.of("twopc-timeout", "60")));
        assertEquals("a1", node.r0().nodeName());
        assertEquals(Map.of("node-name", "a1", "twopc-timeout", "60"), node.r0().options());
    }

    @Test
    void a_resource_that_exists_is_not_made_again() throws Exception {
        TestNode node = start();
        node.does(new Command.NewResource("r0", 0, Map.of()));

        assertEquals(ErrorCode.INVALID_REQUEST, node.code(new Command.NewResource("r0", 0, Map.of())));
        node.does(new Command.DelResource("r0"), new Command.NewResource("r0", 1, Map.of()));
        assertEquals(1, node.r0().nodeId());
    }

    @Test
    void a_resource_with_volumes_is_not_deleted() throws Exception {
        TestNode node = start();
        node.does(new Command.NewResource("r0", 0, Map.of()), new Command.NewMinor("r0", 0, 0, Map.of()));

        assertEquals(ErrorCode.RESOURCE_IN_USE, node.code(new Command.DelResource("r0")));
    }

    @Test
    void a_disk_that_cannot_be_used_is_refused_with_a_reason() throws Exception {
        TestNode node = withVolume();
        Path plain = Metadata.file(root.resolve("plain"), 8 * MIB);
        Path tiny = Metadata.file(root.resolve("tiny"), 4096);
        Path empty = Metadata.file(root.resolve("empty"), 0);

        assertRefused(node, TestNode.attach(root.resolve("missing")), ErrorCode.OPEN_DISK, "does not exist");
        assertRefused(node, TestNode.attach(root), ErrorCode.OPEN_DISK, "folder");
        assertRefused(node, TestNode.attach(Path.of("disk")), ErrorCode.OPEN_DISK, "not absolute");
        assertRefused(node, TestNode.attach(plain), ErrorCode.NO_VALID_METADATA, "");
        assertTrue(node.code(TestNode.attach(tiny)).number() > 101);
        assertTrue(node.code(TestNode.attach(empty)).number() > 101);
        assertRefused(
                node,
                new Command.Attach(0, plain.toString(), plain.toString(), "sideways", Map.of()),
                ErrorCode.INVALID_REQUEST,
                "no metadata index");
        assertRefused(
                node,
                new Command.Attach(0, plain.toString(), tiny.toString(), "internal", Map.of()),
                ErrorCode.INVALID_REQUEST,
                "Internal metadata");
        assertRefused(
                node,
                new Command.Attach(0, plain.toString(), root.resolve("missing").toString(), "flexible", Map.of()),
                ErrorCode.OPEN_META_DISK,
                "does not exist");
        assertRefused(
                node,
                new Command.Attach(0, plain.toString(), plain.toString(), "internal", Map.of("al-extents", "many")),
                ErrorCode.INVALID_REQUEST,
                "al-extents");

        assertEquals(DiskState.DISKLESS, node.r0().volumes().getFirst().disk());
        node.does(TestNode.attach(Metadata.disk(root.resolve("good"), 8 * MIB)));
        assertEquals(DiskState.INCONSISTENT, node.r0().volumes().getFirst().disk());
        assertEquals(
                root.resolve("good").toString(), node.r0().volumes().getFirst().backing());
    }

    @Test
    void a_disk_that_is_refused_is_free_for_others() throws Exception {
        TestNode node = withVolume();
        Path plain = Metadata.file(root.resolve("plain"), 8 * MIB);

        assertEquals(ErrorCode.NO_VALID_METADATA, node.code(TestNode.attach(plain)));

        Metadata.disk(plain, 8 * MIB);
        node.does(TestNode.attach(plain));
    }

    @Test
    void a_disk_in_use_by_another_engine_is_refused_as_claimed() throws Exception {
        TestNode node = withVolume();
        Path disk = Metadata.disk(root.resolve("disk"), 8 * MIB);
        TestNode other = start(root.resolve("other"), "beta");
        other.does(new Command.NewResource("r0", 0, Map.of()), new Command.NewMinor("r0", 0, 0, Map.of()));
        node.does(TestNode.attach(disk));

        assertRefused(other, TestNode.attach(disk), ErrorCode.DISK_CLAIMED, "in use by");
        node.does(new Command.Detach(0, false));
        other.does(TestNode.attach(disk));
    }

    @Test
    void a_disk_is_attached_once() throws Exception {
        TestNode node = withVolume();
        Path disk = Metadata.disk(root.resolve("disk"), 8 * MIB);
        Path more = Metadata.disk(root.resolve("more"), 8 * MIB);
        node.does(TestNode.attach(disk));

        assertRefused(node, TestNode.attach(disk), ErrorCode.DISK_CONFIGURED, disk.toString());
        assertRefused(node, TestNode.attach(more), ErrorCode.DISK_CONFIGURED, disk.toString());
    }

    @Test
    void a_disk_that_may_not_be_written_is_refused() throws Exception {
        TestNode node = withVolume();
        Path disk = Metadata.disk(root.resolve("disk"), 8 * MIB);
        assumeTrue(chattr("+i", disk), "chattr, on a file system that knows the immutable flag");
        try {
            assertRefused(node, TestNode.attach(disk), ErrorCode.OPEN_DISK, "permission denied");
        } finally {
            chattr("-i", disk);
        }
    }

    private static boolean chattr(String flag, Path file) throws IOException, InterruptedException {
        try {
            return new ProcessBuilder("chattr", flag, file.toString())
                            .redirectErrorStream(true)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            // Not installed.
            return false;
        }
    }

    @Test
    void damaged_metadata_is_refused() throws Exception {
        TestNode node = withVolume();
        Random random = new Random(1);
        for (int i = 0; i < 20; i++) {
            Path disk = Metadata.disk(root.resolve("disk" + i), 8 * MIB);
            try (RandomAccessFile file = new RandomAccessFile(disk.toFile(), "rw")) {
                file.seek(8 * MIB - 4096 + random.nextInt(64));
                file.write(0xA5 ^ random.nextInt(256));
            }
            ErrorCode code = node.code(TestNode.attach(disk));
            if (code.success()) {
                node.does(new Command.Detach(0, false));
            }
            assertEquals("", node.r0().failed(), "an internal error instead of a refusal");
        }
    }

    @Test
    void exports_are_offered_while_primary_and_refused_with_a_reason_else() throws Exception {
        TestNode node = withVolume();
        node.does(TestNode.attach(Metadata.disk(root.resolve("disk"), 8 * MIB)));

        ExportClient.RefusedException refused =
                assertThrows(ExportClient.RefusedException.class, () -> ExportClient.open(node.nbdSocket(), "r0/0"));
        assertTrue(String.valueOf(refused.getMessage()).contains("Secondary"), refused.getMessage());
        assertTrue(exports(node).exports().getFirst().reason().contains("Secondary"));

        node.does(new Command.Primary("r0", true));
        try (ExportClient probe = ExportClient.open(node.nbdSocket(), "r0/0")) {
            byte[] data = new byte[4096];
            new Random(2).nextBytes(data);
            probe.write(8192, data);
            probe.flush();
            assertEquals(ByteBuffer.wrap(data), ByteBuffer.wrap(probe.read(8192, 4096)));

            assertTrue(exports(node).exports().getFirst().usable());
            assertEquals(1, exports(node).exports().getFirst().clients().size());
            assertRefused(node, new Command.Secondary("r0"), ErrorCode.DEVICE_IN_USE, "NBD client");
            assertRefused(node, new Command.Down("r0"), ErrorCode.DEVICE_IN_USE, "NBD client");
        }
        node.await("no user", r0 -> r0.volumes().getFirst().users().isEmpty());
        node.does(new Command.Down("r0"));
        assertEquals(List.of(), node.status().resources());
        assertThrows(ExportClient.RefusedException.class, () -> ExportClient.open(node.nbdSocket(), "r0/0"));
    }

    @Test
    void a_volume_of_another_loop_is_refused_with_its_address() throws Exception {
        engines.add(Engine.start(new EngineOptions(root, "alpha", LoopKind.PORTABLE, 2, List.of(), false)));
        TestNode node = node(root, "alpha");
        node.does(
                new Command.NewResource("r0", 0, Map.of()),
                new Command.NewResource("r1", 0, Map.of()),
                new Command.NewMinor("r0", 0, 0, Map.of()),
                new Command.NewMinor("r1", 1, 0, Map.of()));

        List<String> uris =
                exports(node).exports().stream().map(e -> e.uris().getFirst()).toList();
        String first = root.resolve("run/bsr/nbd.sock").toString();
        String second = root.resolve("run/bsr/nbd-1.sock").toString();

        assertEquals(List.of("nbd+unix:///r0/0?socket=" + first, "nbd+unix:///r1/0?socket=" + second), uris);
        ExportClient.RefusedException refused =
                assertThrows(ExportClient.RefusedException.class, () -> ExportClient.open(Path.of(first), "r1/0"));
        assertTrue(String.valueOf(refused.getMessage()).contains("unix:" + second), refused.getMessage());
    }

    @Test
    void garbage_on_every_socket_disturbs_nobody() throws Exception {
        TestNode node = withVolume();
        node.does(TestNode.attach(Metadata.disk(root.resolve("disk"), 8 * MIB)), new Command.Primary("r0", true));
        Random random = new Random(3);
        byte[] noise = new byte[4096];
        try (ExportClient probe = ExportClient.open(node.nbdSocket(), "r0/0")) {
            for (int i = 0; i < 40; i++) {
                random.nextBytes(noise);
                Path socket = i % 2 == 0 ? node.nbdSocket() : node.files.controlSocket();
                try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
                    channel.write(ByteBuffer.wrap(noise, 0, 1 + random.nextInt(noise.length)));
                } catch (IOException e) {
                    assertTrue(e.getMessage() != null, "the server may hang up while it is being written to");
                }
            }

            probe.write(0, noise);
            assertEquals(ByteBuffer.wrap(noise), ByteBuffer.wrap(probe.read(0, noise.length)));
        }
        assertEquals(Role.PRIMARY, node.r0().role());
        assertEquals("", node.r0().failed());
    }

    @Test
    void stopping_with_a_client_at_work_is_clean_and_leaves_the_disk_free() throws Exception {
        TestNode node = withVolume();
        Path disk = Metadata.disk(root.resolve("disk"), 8 * MIB);
        node.does(TestNode.attach(disk), new Command.Primary("r0", true));
        try (ExportClient probe = ExportClient.open(node.nbdSocket(), "r0/0")) {
            probe.write(0, new byte[4096]);

            assertTrue(engines.removeLast().stop());
        }

        try (FileChannel free = FileChannel.open(disk, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            assertTrue(free.tryLock() != null);
        }
        assertTrue(Files.readString(node.files.logFile()).contains("role( Primary -> Secondary )"));
    }

    @Test
    void settings_are_taken_over_while_the_engine_runs_and_at_its_start() throws Exception {
        TestNode node = start();
        SettingFiles settings = new SettingFiles(node.files);
        settings.write(Setting.LOG_PATH, "/var/elsewhere");
        settings.write(
                Setting.LOG_LEVEL,
                Integer.toString(LogSettings.usual(root).withLevels(3, 4).levels()));

        node.does(
                new Command.ReadSettings(),
                new Command.WriteLog(6, "not any more"),
                new Command.WriteLog(4, "a warning"));
        engines.removeLast().stop();

        List<String> lines = Files.readAllLines(root.resolve("var/elsewhere/bsr.log"));
        assertTrue(lines.getFirst().endsWith("WARN  a warning"), lines::toString);
        assertFalse(lines.stream().anyMatch(line -> line.contains(" INFO ")), lines::toString);

        TestNode next = start();
        next.does(new Command.WriteLog(3, "an error"));
        engines.removeLast().stop();

        assertTrue(Files.readString(root.resolve("var/elsewhere/bsr.log")).contains("ERROR an error\n"));
    }

    @Test
    void an_engine_tells_its_memory_and_its_threads() throws Exception {
        TestNode node = start();

        try (ControlClient client = ControlClient.connect(node.files)) {
            Diagnosis found = (Diagnosis) client.call(new Command.Diagnose()).result();
            assertTrue(found.lines().getFirst().startsWith("heap: "), found.lines()::toString);
            assertTrue(
                    found.lines().stream().anyMatch(line -> line.startsWith("thread loop-0: ")),
                    found.lines()::toString);
        }
    }

    @Test
    void what_happens_is_logged_with_its_reason() throws Exception {
        TestNode node = withVolume();
        node.does(TestNode.attach(Metadata.disk(root.resolve("disk"), 8 * MIB)));
        nodes.forEach(TestNode::close);
        engines.removeLast().stop();

        List<String> log = Files.readAllLines(node.files.logFile());

        assertTrue(log.getFirst().contains("bsrd: bsr in Java 0.1.0"), log.getFirst());
        assertTrue(
                log.stream().anyMatch(line -> line.contains(" INFO  r0/0: disk( Diskless -> Attaching )")),
                log::toString);
        assertTrue(log.getLast().endsWith("bsrd: stopped"), log.getLast());
    }

    @Test
    void a_handler_that_says_no_keeps_the_role_as_it_is() throws Exception {
        TestNode node = withHandlers("test $1 != before-promote || exit 9");
        node.does(TestNode.attach(Metadata.disk(root.resolve("disk"), 8 * MIB)));

        assertRefused(node, new Command.Primary("r0", true), ErrorCode.INVALID_REQUEST, "exit code 9");

        assertEquals(Role.SECONDARY, node.r0().role());
    }

    @Test
    void a_change_of_the_role_calls_the_handlers_around_it_and_no_change_calls_none() throws Exception {
        TestNode node =
                withHandlers("echo $1 >>\"$BSR_ROOT/called\"; test $1 != after-demote || mv \"$BSR_ROOT/called\""
                        + " \"$BSR_ROOT/all\"");
        node.does(TestNode.attach(Metadata.disk(root.resolve("disk"), 8 * MIB)));

        node.does(new Command.Secondary("r0"), new Command.Primary("r0", true), new Command.Primary("r0", true));
        await(() -> Files.exists(root.resolve("called"))
                && Files.readString(root.resolve("called")).contains("after-promote"));
        node.does(new Command.Down("r0"));

        await(() -> Files.exists(root.resolve("all")));
        assertEquals(
                List.of("before-promote", "after-promote", "before-demote", "after-demote"),
                Files.readAllLines(root.resolve("all")));
    }

    @Test
    void a_fencing_policy_is_refused_while_handlers_are_off() throws Exception {
        TestNode node = withVolume();
        Command fencing = new Command.NewPeer("r0", 1, Map.of("fencing", "resource-only"));

        assertRefused(node, fencing, ErrorCode.INVALID_REQUEST, "bsrcon /handler_use 1");
        Files.createDirectories(root.resolve("etc/bsr.d"));
        Files.writeString(root.resolve("etc/bsr.d/.handler_use"), "1");

        assertTrue(node.run(fencing).success());
    }

    @Test
    void a_volume_that_shall_have_no_disk_stays_one_when_its_options_change() throws Exception {
        TestNode node = start().does(
                        new Command.NewResource("r0", 0, Map.of()),
                        new Command.NewMinor("r0", 0, 0, Map.of("diskless", "yes")));

        node.does(new Command.DiskOptions(0, false, Map.of("al-extents", "100")));

        assertEquals("yes", node.r0().volumes().getFirst().options().get("diskless"));
    }

    @Test
    void two_primaries_are_said_to_be_impossible() throws Exception {
        TestNode node = withVolume();

        Outcome outcome = node.run(new Command.NewPeer("r0", 1, Map.of("allow-two-primaries", "yes")));

        assertTrue(outcome.success());
        assertTrue(outcome.detail().startsWith("allow-two-primaries yes has no effect: "), outcome.detail());
    }

    @Test
    void two_primaries_are_possible_beside_a_drbd_84() throws Exception {
        TestNode node = withVolume();

        Outcome outcome =
                node.run(new Command.NewPeer("r0", 1, Map.of("allow-two-primaries", "yes", "peer-family", "drbd84")));
        Outcome changed = node.run(new Command.NetOptions("r0", 1, false, Map.of("allow-two-primaries", "yes")));

        assertTrue(outcome.success() && outcome.detail().isEmpty(), outcome.detail());
        assertTrue(changed.success() && changed.detail().isEmpty(), changed.detail());
    }

    @Test
    void quorum_is_said_to_have_no_effect() throws Exception {
        TestNode node = start();

        Outcome created = node.run(new Command.NewResource("r0", 0, Map.of("quorum", "majority")));
        Outcome changed =
                node.run(new Command.ResourceOptions("r0", true, Map.of("quorum", "all", "on-no-quorum", "io-error")));
        Outcome off = node.run(new Command.ResourceOptions("r0", true, Map.of("quorum", "off")));

        assertTrue(created.success());
        assertTrue(created.detail().startsWith("quorum majority has no effect: "), created.detail());
        assertTrue(changed.success());
        assertTrue(
                changed.detail().startsWith("quorum all and on-no-quorum io-error have no effect: "), changed.detail());
        assertEquals(Outcome.OK, off);
    }

    @Test
    void a_size_is_no_option_that_can_be_changed() throws Exception {
        TestNode node = withVolume();

        assertRefused(
                node,
                new Command.DiskOptions(0, false, Map.of("size", "8")),
                ErrorCode.INVALID_REQUEST,
                "changed by resize");
    }

    @Test
    void a_suspended_volume_is_blocked() throws Exception {
        TestNode node = withVolume();
        assertFalse(node.r0().volumes().getFirst().blocked());

        node.does(new Command.SuspendIo(0));
        node.await("blocked", r0 -> r0.volumes().getFirst().blocked());

        node.does(new Command.ResumeIo(0));
        node.await("not blocked", r0 -> !r0.volumes().getFirst().blocked());
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    /** Of what another process does there is nothing to wait for but its files. */
    private static void await(Condition condition) throws Exception {
        long end = System.nanoTime() + 60_000_000_000L;
        while (!condition.holds()) {
            assertTrue(System.nanoTime() < end, "nothing came");
            Thread.onSpinWait();
        }
    }

    private TestNode withHandlers(String script) throws Exception {
        Path program = Files.writeString(root.resolve("helper"), "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        Files.createDirectories(root.resolve("etc/bsr.d"));
        Files.writeString(root.resolve("etc/bsr.d/.handler_use"), "1");
        engines.add(Engine.start(new EngineOptions(
                root, "alpha", LoopKind.PORTABLE, 1, List.of(), false, List.of("usermode_helper=" + program))));
        TestNode node = node(root, "alpha");
        return node.does(new Command.NewResource("r0", 0, Map.of()), new Command.NewMinor("r0", 0, 0, Map.of()));
    }

    private TestNode withVolume() throws Exception {
        TestNode node = start();
        return node.does(new Command.NewResource("r0", 0, Map.of()), new Command.NewMinor("r0", 0, 0, Map.of()));
    }

    private static ExportList exports(TestNode node) throws ControlException {
        try (ControlClient client = ControlClient.connect(node.files)) {
            return (ExportList) client.call(new Command.Exports(null)).result();
        }
    }

    private static void assertRefused(TestNode node, Command command, ErrorCode code, String reason)
            throws ControlException {
        Outcome outcome = node.run(command);
        assertEquals(code, outcome.code(), outcome.detail());
        assertTrue(outcome.detail().contains(reason), outcome.detail());
    }

    private EngineOptions options() {
        return new EngineOptions(root, "alpha", LoopKind.PORTABLE, 1, List.of(), false);
    }

    private TestNode start() throws Exception {
        return start(root, "alpha");
    }

    private TestNode start(Path at, String name) throws Exception {
        engines.add(Engine.start(new EngineOptions(at, name, LoopKind.PORTABLE, 1, List.of(), false)));
        return node(at, name);
    }

    private TestNode node(Path at, String name) throws ControlException {
        TestNode node = new TestNode(at, name);
        nodes.add(node);
        return node;
    }
}
