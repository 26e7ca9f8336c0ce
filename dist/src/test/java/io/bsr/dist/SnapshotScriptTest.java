package io.bsr.dist;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The snapshots around a resync, with tools of LVM that only take notes: a file {@code lv-VG-NAME} stands for each logical
 * volume, with the values of its fields by name.
 */
class SnapshotScriptTest {
    private static final String BEFORE = "snapshot-resync-target-lvm.sh";
    private static final String AFTER = "unsnapshot-resync-target-lvm.sh";
    private static final String STATUS = """
            r0 node-id:0 role:Secondary suspended:no
                write-ordering:flush
              volume:0 minor:7 disk:Outdated
                  size:1048576 read:0 written:0
              volume:1 minor:8 disk:UpToDate
                  size:1048576 read:0 written:0
              beta node-id:1 connection:Connected role:Primary congested:no
                volume:0 replication:WFBitMapT peer-disk:UpToDate
                    received:0 sent:0 out-of-sync:2000 pending:0 unacked:0
                volume:1 replication:Established peer-disk:UpToDate
                    received:0 sent:0 out-of-sync:0 pending:0 unacked:0
              gamma node-id:2 connection:Connected role:Secondary congested:no
                volume:0 replication:Off peer-disk:UpToDate
                    received:0 sent:0 out-of-sync:3000 pending:0 unacked:0
            """;

    @TempDir
    private Path folder = Path.of("/");

    /** A resource of two volumes on /dev/vg0/data and "/dev/vg0/a b". */
    private HandlerRun handler() throws IOException {
        HandlerRun handler = new HandlerRun(folder);
        handler.with("BSR_RESOURCE", "r0").with("BSR_VOLUME", "0 1").with("BSR_MINOR", "7 8");
        handler.with("BSR_LL_DISK", "/dev/vg0/data /dev/vg0/a\\ b");
        handler.tool("lvs", """
                for word in "$@"; do [ "$field" != -o ] || wanted=$word; field=$word; done
                file="lv-$(printf '%s' "${field#/dev/}" | tr '/ ' '--')"
                [ -e "$file" ] || { echo "  Failed to find logical volume" >&2; exit 5; }
                sed -n "s/^$wanted=/  /p" "$file"
                """);
        handler.tool("lvcreate", "[ ! -e fail ] || { echo '  no room' >&2; exit 5; }\n");
        handler.tool("lvremove", "exit 0\n");
        handler.tool("bsrsetup", "case $1 in status) cat status ;; dstate) cat dstate-$2 ;; esac\n");
        handler.state("status", STATUS);
        volume(handler, "data", "");
        volume(handler, "a-b", "");
        return handler;
    }

    private static void volume(HandlerRun handler, String name, String pool) throws IOException {
        handler.state(
                "lv-vg0-" + name,
                "vg_name=vg0\nlv_name=" + name + "\nlv_size=1048576.00\nvg_free=500000.00\npool_lv=" + pool
                        + "\nlv_tags=\n");
    }

    private static void snapshot(HandlerRun handler, String name, String tags) throws IOException {
        handler.state(
                "lv-vg0-" + name + "-before-resync",
                "vg_name=vg0\nlv_name=" + name + "-before-resync\nlv_tags=" + tags + "\n");
    }

    @Test
    void each_volume_gets_a_snapshot_with_room_for_what_differs_and_what_else_may_change() throws Exception {
        HandlerRun handler = handler();

        handler.run(BEFORE).must();

        // 10240 KiB, 10 % of 1 GiB, and what differs from the peer that lacks most.
        assertEquals(
                List.of(
                        "lvcreate -s --addtag bsr-before-resync -n data-before-resync -L " + (10240 + 104857 + 3000)
                                + "k -- vg0/data",
                        "lvcreate -s --addtag bsr-before-resync -n a-b-before-resync -L " + (10240 + 104857)
                                + "k -- vg0/a-b"),
                handler.calls("lvcreate"));
    }

    @Test
    void the_options_are_those_that_users_know_and_the_rest_is_for_lvcreate() throws Exception {
        HandlerRun handler = handler().with("BSR_VOLUME", "0");

        handler.run(BEFORE, "-p", "20", "-a", "1", "--", "-c", "16k").must();

        assertEquals(
                List.of("lvcreate -s --addtag bsr-before-resync -n data-before-resync -L " + (1 + 209715 + 3000)
                        + "k -c 16k -- vg0/data"),
                handler.calls("lvcreate"));
        assertEquals(10, handler.run(BEFORE, "-p", "101").code());
        assertEquals(10, handler.run(BEFORE, "-a", "a lot").code());
        assertEquals(10, handler.run(BEFORE, "--frobnicate").code());
        assertEquals(10, handler.run(BEFORE, "-p").code());
        assertEquals(List.of(), handler.calls("lvcreate"));
    }

    @Test
    void never_more_room_than_can_be_used_or_than_there_is() throws Exception {
        HandlerRun handler = handler().with("BSR_VOLUME", "0");
        handler.run(BEFORE, "-a", "90000000").must();
        assertTrue(handler.calls("lvcreate").getFirst().contains(" -L 500000k "), "what the group has left");

        handler.state("lv-vg0-data", handler.read("lv-vg0-data").replace("500000", "90000000"));
        handler.run(BEFORE, "-a", "90000000").must();
        assertTrue(handler.calls("lvcreate").getFirst().contains(" -L " + (1048576 + 10485 + 4096) + "k "));
    }

    @Test
    void a_volume_of_a_thin_pool_needs_no_room() throws Exception {
        HandlerRun handler = handler().with("BSR_VOLUME", "0");
        volume(handler, "data", "pool");

        handler.run(BEFORE).must();

        assertEquals(
                List.of("lvcreate -s --addtag bsr-before-resync -n data-before-resync -- vg0/data"),
                handler.calls("lvcreate"));
    }

    @Test
    void the_snapshot_of_a_resync_that_was_broken_off_is_kept() throws Exception {
        HandlerRun handler = handler().with("BSR_VOLUME", "0");
        snapshot(handler, "data", "bsr-before-resync");

        handler.run(BEFORE, "-n").must();

        assertEquals(List.of(), handler.calls("lvcreate"));
    }

    @Test
    void without_a_snapshot_the_resync_goes_on_unless_it_is_asked_not_to() throws Exception {
        HandlerRun handler = handler().with("BSR_VOLUME", "0");
        handler.state("fail", "");
        assertEquals(0, handler.run(BEFORE).code());
        assertEquals(1, handler.run(BEFORE, "-n").code());
        assertEquals(1, handler.run(BEFORE, "--disconnect-on-error").code());
        Files.delete(folder.resolve("fail"));

        handler.with("BSR_LL_DISK", "/dev/vdb");
        Host.Said disk = handler.run(BEFORE, "-n");
        assertEquals(1, disk.code());
        assertTrue(disk.text().contains("/dev/vdb of volume 0 is no logical volume"), disk.text());
        assertEquals(0, handler.with("BSR_LL_DISK", "none").run(BEFORE, "-n").code(), "nothing can be overwritten");
    }

    @Test
    void a_snapshot_is_removed_when_its_disk_is_up_to_date_and_only_if_it_is_of_the_script() throws Exception {
        HandlerRun handler = handler();
        snapshot(handler, "data", "other,bsr-before-resync");
        snapshot(handler, "a-b", "somebody");
        handler.state("dstate-7", "Inconsistent/UpToDate\n");
        handler.state("dstate-8", "UpToDate/UpToDate\n");

        handler.run(AFTER).must();
        assertEquals(List.of(), handler.calls("lvremove"));

        handler.state("dstate-7", "UpToDate/UpToDate\n");
        handler.run(AFTER).must();
        assertEquals(List.of("lvremove -f -- vg0/data-before-resync"), handler.calls("lvremove"));
    }

    @Test
    void a_disk_whose_state_is_not_known_keeps_its_snapshot() throws Exception {
        HandlerRun handler = handler().with("BSR_VOLUME", "0");
        snapshot(handler, "data", "bsr-before-resync");
        handler.tool("bsrsetup", "exit 20\n");

        assertEquals(0, handler.run(AFTER).code());

        assertEquals(List.of(), handler.calls("lvremove"));
    }
}
