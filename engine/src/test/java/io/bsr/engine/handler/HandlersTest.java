package io.bsr.engine.handler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.base.state.ConnectionState;
import io.bsr.base.state.DiskState;
import io.bsr.base.state.ReplicationState;
import io.bsr.base.state.Role;
import io.bsr.control.EngineFiles;
import io.bsr.control.status.ConnectionStatus;
import io.bsr.control.status.GenerationStatus;
import io.bsr.control.status.PeerDeviceStatus;
import io.bsr.control.status.ResourceStatus;
import io.bsr.control.status.VolumeStatus;
import io.bsr.core.Happening.HandlerDue;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class HandlersTest {
    private final List<String> told = Collections.synchronizedList(new ArrayList<>());

    @TempDir
    Path root = Path.of("/");

    private Handlers handlers(String script, Duration limit) throws Exception {
        Path program = Files.writeString(root.resolve("helper"), "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        return handlersOf(program.toString(), limit);
    }

    private Handlers handlersOf(String program, Duration limit) {
        return new Handlers(
                new HandlerSettings(new EngineFiles(root), "alpha", program, limit),
                (action, object, key, fields) -> told.add(action + " " + object + " " + key + " " + fields),
                LoggerFactory.getLogger("test"));
    }

    private void switchOn() throws Exception {
        Files.createDirectories(root.resolve("etc/bsr.d"));
        Files.writeString(root.resolve("etc/bsr.d/.handler_use"), "1\n");
    }

    private static int code(CompletableFuture<Integer> call) throws Exception {
        return call.get(60, TimeUnit.SECONDS);
    }

    private static ResourceStatus resource() {
        return resource(List.of(volume(3, 7, DiskState.UP_TO_DATE)), List.of());
    }

    private static VolumeStatus volume(int number, int minor, DiskState disk) {
        GenerationStatus generation = new GenerationStatus("0000000000000004", List.of(), 0);
        return new VolumeStatus(
                number,
                minor,
                disk,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                false,
                0,
                0,
                0,
                List.of(),
                "",
                "/dev/vg/a",
                "/dev/vg/a",
                -3,
                0,
                "yes",
                false,
                "",
                "",
                0,
                generation,
                Map.of());
    }

    private static PeerDeviceStatus peerDevice(int volume, DiskState disk) {
        return new PeerDeviceStatus(
                volume, ReplicationState.OFF, disk, "no", 0, 0, 0, 0, 0, 0, 0, 0, 0, "", false, "", 0, Map.of());
    }

    private static ResourceStatus resource(List<VolumeStatus> volumes, List<PeerDeviceStatus> peerDevices) {
        ConnectionStatus connection = new ConnectionStatus(
                1,
                "beta",
                ConnectionState.STANDALONE,
                Role.UNKNOWN,
                false,
                0,
                "",
                "",
                List.of("ipv6:[fd00::1]:7788 ipv4:10.0.0.2:7789"),
                peerDevices,
                Map.of());
        return new ResourceStatus(
                "r0", 0, "alpha", Role.SECONDARY, "no", "flush", 0, "", volumes, List.of(connection), Map.of());
    }

    @Test
    void nothing_is_run_and_nothing_is_told_until_handlers_are_switched_on() throws Exception {
        try (Handlers handlers = handlers("touch \"$BSR_ROOT/ran\"; exit 4", Duration.ofSeconds(30))) {
            assertEquals(0, code(handlers.call(resource(), new HandlerDue("split-brain", 1, 3))));
        }

        assertFalse(Files.exists(root.resolve("ran")));
        assertEquals(List.of(), told);
    }

    @Test
    void a_handler_gets_its_name_and_the_resource_and_its_exit_code_is_told() throws Exception {
        switchOn();
        try (Handlers handlers = handlers("echo \"$@\" >\"$BSR_ROOT/words\"; exit 4", Duration.ofSeconds(30))) {
            assertEquals(4, code(handlers.call(resource(), new HandlerDue("fence-peer", 1, -1))));
        }

        assertEquals("fence-peer r0", Files.readString(root.resolve("words")).strip());
        assertEquals(
                List.of(
                        "call helper {name=r0, peer-node-id=1, conn-name=beta} {helper=fence-peer}",
                        "response helper {name=r0, peer-node-id=1, conn-name=beta} {helper=fence-peer, status=1024}"),
                told);
    }

    @Test
    void a_handler_for_a_device_and_a_peer_finds_both_in_its_environment() throws Exception {
        switchOn();
        try (Handlers handlers = handlers("env | sort >\"$BSR_ROOT/env\"", Duration.ofSeconds(30))) {
            assertEquals(0, code(handlers.call(resource(), new HandlerDue("out-of-sync", 1, 3))));
        }

        List<String> environment = Files.readAllLines(root.resolve("env"));
        assertTrue(
                environment.containsAll(List.of(
                        "HOME=/",
                        "TERM=linux",
                        "PATH=/sbin:/usr/sbin:/bin:/usr/bin",
                        "BSR_MINOR=7",
                        "BSR_VOLUME=3",
                        "BSR_BACKING_DEV=/dev/vg/a",
                        "BSR_MY_AF=ipv6",
                        "BSR_MY_ADDRESS=fd00::1",
                        "BSR_PEER_AF=ipv4",
                        "BSR_PEER_ADDRESS=10.0.0.2",
                        "BSR_PEER_NODE_ID=1",
                        "BSR_ROOT=" + root,
                        "__BSR_NODE__=alpha")),
                environment::toString);
        assertTrue(environment.stream().noneMatch(line -> line.startsWith("JAVA_HOME=")), environment::toString);
    }

    @Test
    void a_handler_for_a_connection_finds_the_devices_by_volume() throws Exception {
        switchOn();
        try (Handlers handlers = handlers("env >\"$BSR_ROOT/env\"", Duration.ofSeconds(30))) {
            assertEquals(0, code(handlers.call(resource(), new HandlerDue("fence-peer", 1, -1))));
        }

        List<String> environment = Files.readAllLines(root.resolve("env"));
        assertTrue(
                environment.containsAll(List.of("BSR_MINOR_3=7", "BSR_BACKING_DEV_3=/dev/vg/a")),
                environment::toString);
        assertTrue(environment.stream().noneMatch(line -> line.startsWith("BSR_MINOR=")), environment::toString);
    }

    @Test
    void a_handler_that_fences_is_told_who_has_good_data_of_every_volume() throws Exception {
        switchOn();
        VolumeStatus here = volume(0, 7, DiskState.UP_TO_DATE);
        VolumeStatus there = volume(1, 8, DiskState.OUTDATED);
        VolumeStatus nowhere = volume(2, 9, DiskState.INCONSISTENT);
        PeerDeviceStatus hereAsWell = peerDevice(0, DiskState.UP_TO_DATE);
        PeerDeviceStatus thereToo = peerDevice(1, DiskState.UP_TO_DATE);
        PeerDeviceStatus old = peerDevice(0, DiskState.OUTDATED);

        assertEquals("0x00000001", upToDateNodes("fence-peer", List.of(here), List.of(hereAsWell)));
        assertEquals("0x00000003", upToDateNodes("unfence-peer", List.of(here), List.of(hereAsWell)));
        assertEquals(
                "0x00000002",
                upToDateNodes("unfence-peer", List.of(here, there, nowhere), List.of(hereAsWell, thereToo)));
        assertEquals(
                "0x00000000", upToDateNodes("unfence-peer", List.of(here, there, nowhere), List.of(old, thereToo)));
        assertEquals(
                "0x00000000",
                upToDateNodes(
                        "unfence-peer",
                        List.of(here, there, volume(2, 9, DiskState.UP_TO_DATE)),
                        List.of(old, thereToo, peerDevice(2, DiskState.UP_TO_DATE))));
    }

    private String upToDateNodes(String handler, List<VolumeStatus> volumes, List<PeerDeviceStatus> peerDevices)
            throws Exception {
        try (Handlers handlers =
                handlers("printf %s \"$UP_TO_DATE_NODES\" >\"$BSR_ROOT/nodes\"", Duration.ofSeconds(30))) {
            assertEquals(0, code(handlers.call(resource(volumes, peerDevices), new HandlerDue(handler, 1, -1))));
        }
        return Files.readString(root.resolve("nodes"));
    }

    @Test
    void a_handler_that_does_not_end_is_killed_and_counts_as_0() throws Exception {
        switchOn();
        try (Handlers handlers = handlers("exec tail -f /dev/null", Duration.ofMillis(200))) {
            assertEquals(0, code(handlers.call(resource(), new HandlerDue("split-brain", 1, 3))));
        }
    }

    @Test
    void a_program_that_cannot_be_run_or_dies_by_a_signal_counts_as_0() throws Exception {
        switchOn();
        try (Handlers handlers = handlersOf(root.resolve("missing").toString(), Duration.ofSeconds(30))) {
            assertEquals(0, code(handlers.call(resource(), new HandlerDue("split-brain", 1, 3))));
        }
        try (Handlers handlers = handlers("kill -TERM $$", Duration.ofSeconds(30))) {
            assertEquals(0, code(handlers.call(resource(), new HandlerDue("split-brain", 1, 3))));
        }
    }

    @Test
    void output_of_any_length_does_not_hold_a_handler_up() throws Exception {
        switchOn();
        try (Handlers handlers = handlers("head -c 1000000 /dev/zero; exit 7", Duration.ofSeconds(30))) {
            assertEquals(7, code(handlers.call(resource(), new HandlerDue("split-brain", 1, 3))));
        }
    }

    @Test
    void more_handlers_than_may_wait_are_left_out_and_nobody_waits() throws Exception {
        switchOn();
        Path gate = root.resolve("gate");
        assertEquals(0, new ProcessBuilder("mkfifo", gate.toString()).start().waitFor());
        try (Handlers handlers = handlers("read line <\"$BSR_ROOT/gate\"; exit 5", Duration.ofSeconds(30))) {
            List<CompletableFuture<Integer>> calls = new ArrayList<>();
            for (int i = 0; i < 8 + 128 + 1; i++) {
                calls.add(handlers.call(resource(), new HandlerDue("split-brain", 1, 3)));
            }

            assertEquals(0, code(calls.getLast()));
            assertFalse(calls.getFirst().isDone());
        }
    }
}
