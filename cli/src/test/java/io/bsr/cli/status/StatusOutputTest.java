package io.bsr.cli.status;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.base.state.ConnectionState;
import io.bsr.config.running.ShowText;
import io.bsr.control.event.EventSource;
import io.bsr.control.event.StateEvent;
import io.bsr.control.status.ResourceStatus;
import io.bsr.control.status.StatusReport;
import io.bsr.metadata.tool.GenerationIdentifiers;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the tools print of a state is what the real bsr 1.7.8.1 printed in it. */
class StatusOutputTest {
    private static final StatusText.Style EVERYTHING = new StatusText.Style(true, true, false, false, 80);

    private static String status(ResourceStatus resource, StatusText.Style style) {
        return StatusText.of(List.of(resource), style);
    }

    @Test
    void a_connection_that_is_not_there_says_so() {
        assertEquals("""
                r0 role:Secondary
                  disk:Inconsistent
                  n2 connection:Connecting

                """, status(ObservedStates.connecting(), StatusText.Style.PLAIN));
    }

    @Test
    void connected_nodes_show_role_and_disk_of_the_peer() {
        assertEquals("""
                r0 role:Secondary
                  disk:Inconsistent
                  n2 role:Secondary
                    peer-disk:Inconsistent

                """, status(ObservedStates.connected(), StatusText.Style.PLAIN));
    }

    @Test
    void what_is_waited_for_is_in_json_only_and_only_where_something_is_held() {
        ResourceStatus held = ObservedStates.silentSource();
        ResourceStatus running = ObservedStates.syncTarget();

        assertEquals(status(running, EVERYTHING), status(held, EVERYTHING));
        assertTrue(
                StatusJson.of(List.of(held))
                        .contains("\"waits-for\": \"resync waits for the peer to answer 7 requests, since 5 s\""),
                StatusJson.of(List.of(held)));
        assertTrue(!StatusJson.of(List.of(running)).contains("waits-for"));
    }

    @Test
    void a_resync_shows_how_much_is_done() {
        assertEquals("""
                r0 role:Secondary
                  disk:Inconsistent
                  n2 role:Primary
                    replication:SyncTarget peer-disk:UpToDate done:15.51

                """, status(ObservedStates.syncTarget(), StatusText.Style.PLAIN));
    }

    @Test
    void verbose_statistics_wrap_at_eighty_columns() {
        assertEquals("""
                r0 node-id:0 role:Secondary suspended:no
                    write-ordering:drain req-pending:0
                  volume:0 minor:0 disk:Inconsistent
                      size:696 read:0 written:0 al-writes:0 bm-writes:0 upper-pending:0
                      lower-pending:0 al-suspended:no al-pending-changes:0 al-used:0
                      accelbuf-used:0 blocked:no
                  n2 node-id:1 connection:Connected role:Secondary congested:no
                    volume:0 replication:Established peer-disk:Inconsistent resync-suspended:no
                        received:0 sent:0 out-of-sync:0 pending:0 unacked:0

                """, status(ObservedStates.connected(), EVERYTHING));
    }

    @Test
    void statistics_of_a_resync_tell_speed_and_time_to_go() {
        String text = status(ObservedStates.syncTarget(), new StatusText.Style(false, true, false, false, 80));

        assertEquals(
                "        received:0 sent:0 out-of-sync:588 speed:36 want:48 eta:0:00:17",
                text.lines().toList().get(5));
    }

    @Test
    void colours_are_bold_for_own_values_and_plain_for_the_peers() {
        String text = status(ObservedStates.primary(), new StatusText.Style(false, false, false, true, 80));

        assertEquals("""
                r0 role:\033[1;36mPrimary\033[0m
                  disk:\033[1;32mUpToDate\033[0m
                  n2 role:Secondary
                    peer-disk:\033[32mUpToDate\033[0m

                """, text);
    }

    @ParameterizedTest
    @CsvSource({
        "StandAlone,split-brain,connection:StandAlone error:split-brain",
        "Connecting,split-brain,connection:Connecting error:split-brain",
        "StandAlone,sync-target-primary,connection:StandAlone error:sync-target-primary",
        "Connecting,sync-target-primary,connection:Connecting",
        "StandAlone,'',connection:StandAlone"
    })
    void what_keeps_a_peer_away_stands_beside_the_connection_and_what_holds_users_beside_the_disk(
            String state, String error, String shown) {
        ConnectionState connection = Arrays.stream(ConnectionState.values())
                .filter(one -> one.toString().equals(state))
                .findFirst()
                .orElseThrow();

        assertEquals(
                "r0 role:Secondary\n  disk:UpToDate blocked:upper\n  n2 " + shown + "\n\n",
                status(ObservedStates.givenUp(connection, error), StatusText.Style.PLAIN));
    }

    @Test
    void only_data_that_are_current_are_green() {
        StatusText.Style coloured = new StatusText.Style(true, false, false, true, 80);

        String connected = status(ObservedStates.primary(), coloured);
        String resync = status(ObservedStates.syncTarget(), coloured);
        String alone = status(ObservedStates.givenUp(ConnectionState.STANDALONE, "split-brain"), coloured);

        assertTrue(connected.contains("connection:Connected "), connected);
        assertTrue(connected.contains("replication:Established "), connected);
        assertTrue(resync.contains("replication:\033[1;31mSyncTarget\033[0m"), resync);
        assertTrue(resync.contains("role:\033[36mPrimary\033[0m"), resync);
        assertTrue(alone.contains("connection:\033[1;31mStandAlone\033[0m error:\033[1;31msplit-brain\033[0m"), alone);
    }

    @Test
    void events_have_the_colours_of_the_status() {
        EventText.Style coloured = new EventText.Style(false, false, false, 1, true, false, true, ZoneOffset.UTC);
        EventText text = new EventText(coloured);
        EventSource source = new EventSource(null);
        lines(text, source.begin(report(ObservedStates.connecting()), 0));

        List<String> lines = lines(text, source.follow(report(ObservedStates.primary()), 1));

        assertEquals(
                List.of(
                        "change resource name:r0 role:\033[1;36mSecondary->Primary\033[0m",
                        "change connection name:r0 peer-node-id:1 conn-name:n2 connection:Connecting->Connected"
                                + " role:Unknown->Secondary",
                        "change device name:r0 volume:0 minor:0 disk:\033[1;32mInconsistent->UpToDate\033[0m"),
                lines.subList(0, 3));
    }

    @Test
    void a_volume_without_disk_on_purpose_is_shown_as_such() {
        String shown = ShowText.of(RunningConfiguration.of(ObservedStates.client()), false);

        assertTrue(shown.contains("""
                        volume 0 {
                            device\t\t\tminor 0;
                            disk\t\t\tnone;
                        }
                """), shown);
    }

    @Test
    void amounts_for_people_have_units() {
        assertEquals("696K", Amount.of(1392, true));
        assertEquals("1.500M", Amount.of(3072, true));
        assertEquals("2.000T", Amount.of(1L << 32, true));
    }

    @Test
    void without_a_resource_there_is_a_comment_and_valid_json() {
        assertEquals("# No currently configured BSR found.\n", StatusText.of(List.of(), StatusText.Style.PLAIN));
        assertEquals("[\n]\n", StatusJson.of(List.of()));
    }

    @Test
    void json_has_the_layout_of_the_original() {
        assertEquals("""
                [
                {
                  "name": "r0",
                  "node-id": 0,
                  "role": "Secondary",
                  "suspended": false,
                  "write-ordering": "drain",
                  "devices": [
                    {
                      "volume": 0,
                      "minor": 0,
                      "disk-state": "Inconsistent",
                      "client": "no",
                      "size": 696,
                      "read": 0,
                      "written": 0,
                      "al-writes": 0,
                      "bm-writes": 0,
                      "upper-pending": 0,
                      "lower-pending": 0
                    } ],
                  "connections": [
                    {
                      "peer-node-id": 1,
                      "name": "n2",
                      "connection-state": "Connected",
                      "congested": false,
                      "peer-role": "Secondary",
                      "peer_devices": [
                        {
                          "volume": 0,
                          "replication-state": "Established",
                          "peer-disk-state": "Inconsistent",
                          "peer-client": "no",
                          "resync-suspended": "no",
                          "received": 0,
                          "sent": 0,
                          "out-of-sync": 0,
                          "pending": 0,
                          "unacked": 0
                        } ]
                    } ]
                }
                ]
                """, StatusJson.of(List.of(ObservedStates.connected())));
    }

    @Test
    void get_gi_and_show_gi_print_identifiers_and_twelve_flags() {
        ResourceStatus resource = ObservedStates.primary();

        String line = GenerationText.of(
                resource.volumes().getFirst(),
                resource.connections().getFirst().peerDevices().getFirst());

        assertEquals(
                "737D2051828CCDFD:0000000000000000:0000000000000000:0000000000000000:1:1:1:0:0:0:1:0:0:0:1:1", line);
        assertEquals(
                line, GenerationIdentifiers.explained(line).lines().toList().get(6));
    }

    @Test
    void show_prints_the_running_configuration() {
        assertEquals("""
                resource r0 {
                    _this_host {
                        node-id\t\t\t0;
                        node-name\t\t"n1";
                        group\t\t"";
                        volume 0 {
                            device\t\t\tminor 0;
                            disk\t\t\t"/dev/vdb";
                            meta-disk\t\t\tinternal;
                        }
                    }
                    connection {
                        _peer_node_id 1;
                        _peer_node_name\t"n2";
                        _peer_node_group\t"";
                        path {
                            _this_host ipv4 10.9.0.1:7788;
                            _remote_host ipv4 10.9.0.2:7788;
                        }
                        net {
                            cram-hmac-alg   \t"sha1";
                            shared-secret   \t"bsrsecret";
                            _name           \t"n2";
                        }
                    }
                }
                """, ShowText.of(RunningConfiguration.of(ObservedStates.connected()), false));
    }

    private static EventText.Style style(boolean statistics, boolean diff, boolean json, boolean timestamps) {
        return new EventText.Style(timestamps, statistics, false, 1, diff, json, false, ZoneOffset.UTC);
    }

    private static List<String> lines(EventText text, List<StateEvent> events) {
        List<String> lines = new ArrayList<>();
        events.forEach(event -> text.line(event).ifPresent(lines::add));
        return lines;
    }

    private static StatusReport report(ResourceStatus resource) {
        return new StatusReport("n1", "portable", List.of(resource));
    }

    @Test
    void events_begin_with_everything_that_exists() {
        EventSource source = new EventSource(null);

        List<String> lines = lines(
                new EventText(style(true, false, false, false)), source.begin(report(ObservedStates.connected()), 0));

        assertEquals(
                List.of(
                        "exists resource name:r0 role:Secondary suspended:no write-ordering:drain req-pending:0",
                        "exists node name:r0 type:host node-name:n1",
                        "exists connection name:r0 peer-node-id:1 conn-name:n2 connection:Connected role:Secondary congested:no",
                        "exists peer-node name:r0 peer-node-id:1 type:host peer-node-name:n2",
                        "exists device name:r0 volume:0 minor:0 disk:Inconsistent client:no size:696 read:0 written:0 al-writes:0 bm-writes:0 upper-pending:0 lower-pending:0 al-suspended:no al-pending-changes:0 al-used:0 accelbuf-used:0 blocked:no",
                        "exists gi-uuid name:r0 peer-node-id:1 conn-name:n2 volume:0 current:0000000000000004 bitmap:0000000000000000 history1:0000000000000000 history2:0000000000000000",
                        "exists gi-device-mdf-flag name:r0 volume:0 consistent:0 was-up-to-date:0 primary-ind:0 crashed-primary:0 al-clean:0 al-disabled:0 last-primary:0",
                        "exists peer-device name:r0 peer-node-id:1 conn-name:n2 volume:0 replication:Established peer-disk:Inconsistent peer-client:no resync-suspended:no received:0 sent:0 out-of-sync:0 pending:0 unacked:0",
                        "exists gi-peer-device-mdf-flag name:r0 peer-node-id:1 conn-name:n2 volume:0 peer-connected:1 peer-outdate:1 peer-fencing:0 peer-full-sync:0",
                        "exists -"),
                lines);
    }

    @Test
    void a_change_names_only_what_is_different() {
        EventSource source = new EventSource(null);
        EventText text = new EventText(style(false, false, false, false));
        lines(text, source.begin(report(ObservedStates.connecting()), 0));

        List<String> lines = lines(text, source.follow(report(ObservedStates.connected()), 1));

        assertEquals(
                "change connection name:r0 peer-node-id:1 conn-name:n2 connection:Connected role:Secondary",
                lines.get(0));
        assertEquals(
                "change peer-device name:r0 peer-node-id:1 conn-name:n2 volume:0 replication:Established"
                        + " peer-disk:Inconsistent",
                lines.get(1));
    }

    @Test
    void differences_name_the_old_value_too() {
        EventSource source = new EventSource(null);
        EventText text = new EventText(style(false, true, false, true));
        lines(text, source.begin(report(ObservedStates.connecting()), 0));

        List<String> lines = lines(text, source.follow(report(ObservedStates.connected()), 1_500_001));

        assertEquals(
                "1970-01-01T00:00:01.500001+00:00 change connection name:r0 peer-node-id:1 conn-name:n2"
                        + " connection:Connecting->Connected role:Unknown->Secondary",
                lines.get(0));
    }

    @Test
    void events_as_json_are_one_object_a_line() {
        EventSource source = new EventSource(null);

        List<String> lines = lines(
                new EventText(style(false, false, true, false)), source.begin(report(ObservedStates.connected()), 0));

        assertEquals(
                "{\"action\":\"exists\",\"object\":\"resource\",\"name\":\"r0\",\"role\":\"Secondary\",\"suspended\":\"no\"}",
                lines.getFirst());
        assertEquals("{\"action\":\"exists\",\"object\":\"-\"}", lines.getLast());
    }
}
