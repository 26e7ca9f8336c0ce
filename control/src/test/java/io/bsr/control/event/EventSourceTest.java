package io.bsr.control.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.base.state.ConnectionState;
import io.bsr.base.state.DiskState;
import io.bsr.base.state.ReplicationState;
import io.bsr.base.state.Role;
import io.bsr.control.status.ConnectionStatus;
import io.bsr.control.status.GenerationStatus;
import io.bsr.control.status.PeerDeviceStatus;
import io.bsr.control.status.ResourceStatus;
import io.bsr.control.status.StatusReport;
import io.bsr.control.status.VolumeStatus;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventSourceTest {
    private static final String ZERO = "0000000000000000";

    private final EventSource source = new EventSource(null);

    /** The lines of a real bsr 1.7.8.1 with two nodes just connected. */
    @Test
    void what_exists_is_listed_as_bsr_lists_it() {
        List<StateEvent> events = source.begin(report(status(Role.SECONDARY, ReplicationState.ESTABLISHED, 0)), 1);

        assertEquals(
                List.of(
                        "exists resource name:r0 role:Secondary suspended:no write-ordering:drain req-pending:0",
                        "exists node name:r0 type:host node-name:n1",
                        "exists connection name:r0 peer-node-id:1 conn-name:n2 connection:Connected role:Secondary congested:no",
                        "exists peer-node name:r0 peer-node-id:1 type:host peer-node-name:n2",
                        "exists device name:r0 volume:0 minor:0 disk:Inconsistent client:no size:696 read:0 written:0"
                                + " al-writes:0 bm-writes:0 upper-pending:0 lower-pending:0 al-suspended:no"
                                + " al-pending-changes:0 al-used:0 accelbuf-used:0 blocked:no",
                        "exists gi-uuid name:r0 peer-node-id:1 conn-name:n2 volume:0 current:0000000000000004"
                                + " bitmap:0000000000000000 history1:0000000000000000 history2:0000000000000000",
                        "exists gi-device-mdf-flag name:r0 volume:0 consistent:0 was-up-to-date:0 primary-ind:0"
                                + " crashed-primary:0 al-clean:0 al-disabled:0 last-primary:0",
                        "exists peer-device name:r0 peer-node-id:1 conn-name:n2 volume:0 replication:Established"
                                + " peer-disk:Inconsistent peer-client:no resync-suspended:no received:0 sent:0"
                                + " out-of-sync:0 pending:0 unacked:0",
                        "exists gi-peer-device-mdf-flag name:r0 peer-node-id:1 conn-name:n2 volume:0 peer-connected:1"
                                + " peer-outdate:1 peer-fencing:0 peer-full-sync:0",
                        "exists -"),
                lines(events));
    }

    @Test
    void only_what_changed_is_told_and_counters_alone_are_no_change() {
        source.begin(report(status(Role.SECONDARY, ReplicationState.ESTABLISHED, 0)), 1);

        assertEquals(
                List.of("change resource name:r0 role:Primary suspended:no write-ordering:drain req-pending:0"),
                lines(source.follow(report(status(Role.PRIMARY, ReplicationState.ESTABLISHED, 0)), 2)));
        assertEquals(
                List.of(), lines(source.follow(report(status(Role.PRIMARY, ReplicationState.ESTABLISHED, 512)), 3)));
    }

    @Test
    void what_goes_is_destroyed_from_the_inside_out() {
        StatusReport before = report(status(Role.SECONDARY, ReplicationState.ESTABLISHED, 0));
        source.begin(before, 1);

        List<StateEvent> events = source.follow(report(), 2);

        assertEquals(
                List.of(
                        "gi-peer-device-mdf-flag",
                        "peer-device",
                        "gi-device-mdf-flag",
                        "gi-uuid",
                        "device",
                        "peer-node",
                        "connection",
                        "node",
                        "resource"),
                events.stream().map(event -> String.valueOf(event.object())).toList());
        assertEquals(
                9,
                events.stream()
                        .filter(e -> e.action() == StateEvent.Action.DESTROY)
                        .count());
        assertEquals(
                9,
                source.follow(before, 3).stream()
                        .filter(e -> e.action() == StateEvent.Action.CREATE)
                        .count());
    }

    @Test
    void progress_of_a_resync_is_told_once_per_second() {
        ResourceStatus syncing = status(Role.SECONDARY, ReplicationState.SYNC_TARGET, 1000);
        source.begin(report(syncing), 0);

        assertEquals(List.of(), source.follow(report(syncing), 999_999));
        assertEquals(
                List.of("sync peer-device name:r0 peer-node-id:1 conn-name:n2 volume:0 out-of-sync:500 eta:0:01:40"
                        + " done:75.00"),
                lines(source.follow(report(syncing), 1_000_000)));
        assertEquals(List.of(), source.follow(report(syncing), 1_000_001));
    }

    @Test
    void the_speed_that_is_asked_for_stands_beside_the_speed() {
        List<StateEvent> events = source.begin(report(status(Role.SECONDARY, ReplicationState.SYNC_TARGET, 1000)), 0);

        assertTrue(
                lines(events).stream().anyMatch(line -> line.endsWith(" unacked:0 speed:5 want:12 eta:0:01:40")),
                lines(events)::toString);
    }

    @ParameterizedTest
    @CsvSource({
        "STANDALONE,split-brain,connection:StandAlone error:split-brain role:Unknown",
        "DISCONNECTING,'',connection:Disconnecting error:no-error role:Unknown",
        "CONNECTING,split-brain,connection:Connecting role:Unknown"
    })
    void a_connection_that_was_given_up_has_an_error(ConnectionState state, String error, String shown) {
        ResourceStatus alone = status(
                new ConnectionStatus(1, "n2", state, Role.UNKNOWN, false, 0, "", error, List.of(), List.of(), Map.of()),
                Role.SECONDARY);

        assertTrue(lines(source.begin(report(alone), 0))
                .contains("exists connection name:r0 peer-node-id:1 conn-name:n2 " + shown + " congested:no"));
    }

    @Test
    void other_resources_are_left_out() {
        EventSource other = new EventSource("r1");

        assertEquals(
                List.of("exists -"),
                lines(other.begin(report(status(Role.SECONDARY, ReplicationState.ESTABLISHED, 0)), 1)));
    }

    private static StatusReport report(ResourceStatus... resources) {
        return new StatusReport("n1", "portable", List.of(resources));
    }

    private static ResourceStatus status(Role role, ReplicationState replication, long outOfSync) {
        PeerDeviceStatus peerDevice = new PeerDeviceStatus(
                0,
                replication,
                DiskState.INCONSISTENT,
                "no",
                0,
                0,
                outOfSync,
                0,
                0,
                replication == ReplicationState.SYNC_TARGET ? 4000 : 0,
                outOfSync,
                10,
                24,
                "",
                false,
                ZERO,
                3,
                Map.of());
        ConnectionStatus connection = new ConnectionStatus(
                1,
                "n2",
                ConnectionState.CONNECTED,
                Role.SECONDARY,
                false,
                118,
                "",
                "",
                List.of(),
                List.of(peerDevice),
                Map.of());
        return status(connection, role);
    }

    private static ResourceStatus status(ConnectionStatus connection, Role role) {
        return new ResourceStatus(
                "r0",
                0,
                "n1",
                role,
                "no",
                "drain",
                0,
                "",
                List.of(new VolumeStatus(
                        0,
                        0,
                        DiskState.INCONSISTENT,
                        1392,
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
                        "/dev/vdb",
                        "/dev/vdb",
                        -3,
                        0,
                        "yes",
                        false,
                        "",
                        "",
                        0,
                        new GenerationStatus("0000000000000004", List.of(ZERO, ZERO), 0),
                        Map.of())),
                List.of(connection),
                Map.of());
    }

    private static List<String> lines(List<StateEvent> events) {
        return events.stream().map(EventSourceTest::line).toList();
    }

    private static String line(StateEvent event) {
        StringBuilder line = new StringBuilder(event.action() + " " + (event.endMark() ? "-" : event.object()));
        for (Map<String, String> part : List.of(event.key(), event.fields(), event.statistics())) {
            part.forEach(
                    (name, value) -> line.append(' ').append(name).append(':').append(value));
        }
        return line.toString();
    }
}
