package io.bsr.dist;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.frontend.nbd.ExportClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The debs in small Debian systems, one after the other and two at once. */
@Timeout(300)
class DebianInstallTest {
    private static final String RESOURCE = """
            resource r0 {
                net { protocol C; ping-int 1; connect-int 1; }
                disk { c-plan-ahead 0; resync-rate 400M; c-max-rate 800M; }
                device /dev/bsr0 minor 0; disk /disk.img; meta-disk internal;
                on alpha { node-id 0; address 10.77.0.1:7788; }
                on beta { node-id 1; address 10.77.0.2:7788; }
            }
            """;

    @TempDir
    private Path folder = Path.of("/");

    /** Layers of a system in which the first version is installed; empty if that is not possible here. */
    private static List<Path> installed = List.of();

    @BeforeAll
    static void install() throws Exception {
        Host.needRoot();
        List<Path> debs = Product.first().packages(Family.DEB);
        try (ScratchRoot root = ScratchRoot.boot("installed", List.of(ScratchRoot.bare()))) {
            root.must("find / -xdev | sort >/before");
            root.receive("/debs", debs);
            // One after the other, as the manual says: the tools are trained again when there is an engine to ask.
            String said = root.must("dpkg -i /debs/bsr-utils*.deb");
            assertTrue(root.has("/var/cache/bsr/alone"));
            said += root.must("dpkg -i /debs/bsr-engine*.deb && rm -r /debs");
            assertFalse(said.contains("No AOT cache"), said);
            assertFalse(root.has("/var/cache/bsr/alone"));
            installed = root.layers();
        }
    }

    @Test
    void every_file_of_the_table_is_there_with_its_owner_and_mode_and_nothing_else_is() throws Exception {
        try (ScratchRoot root = ScratchRoot.boot("files", installed)) {
            List<String> found = root.list("%p %m %u:%g %y %l");

            InstalledFiles.assertAgree(
                    Product.first(), Family.DEB, root.read("/before").lines().toList(), found);
        }
    }

    @Test
    void two_nodes_replicate_and_an_upgrade_leaves_them_at_work() throws Exception {
        List<Path> newer = Product.second().packages(Family.DEB);
        try (ScratchRoot alpha = ScratchRoot.boot("alpha", installed);
                ScratchRoot beta = ScratchRoot.boot("beta", installed)) {
            ScratchRoot.join(alpha, "10.77.0.1", beta, "10.77.0.2");
            for (ScratchRoot node : List.of(alpha, beta)) {
                node.write("/etc/bsr.d/r0.res", RESOURCE);
                node.write("/etc/bsr.conf", node.read("/etc/bsr.conf") + "# edited here\n");
                node.must("truncate -s 32M /disk.img && bsradm create-md r0 && /usr/lib/bsr/bsr start");
            }
            alpha.must("bsradm primary --force r0");
            for (ScratchRoot node : List.of(alpha, beta)) {
                node.until("bsrsetup dstate 0 | grep -qx UpToDate/UpToDate || "
                        + "[ $(bsradm status r0 | grep -o UpToDate | wc -l) = 2 ]");
            }
            // Where no cache can be written, everything works without.
            alpha.must("mount -t tmpfs -o ro tmpfs /var/cache/bsr");
            byte[] data = new byte[1 << 20];
            new Random(1).nextBytes(data);
            String engine = alpha.read("/run/bsr/bsrd.lock");
            try (ExportClient user = ExportClient.open(alpha.root().resolve("run/bsr/nbd.sock"), "r0/0")) {
                user.write(0, data);

                for (ScratchRoot node : List.of(beta, alpha)) {
                    node.receive("/debs", newer);
                    node.must("dpkg --force-confold -i /debs/*.deb");
                    user.write(1 << 20, data);
                }

                user.flush();
                assertEquals(engine, alpha.read("/run/bsr/bsrd.lock"), "the engine of alpha went on");
                alpha.must("bsradm status r0 | grep -q 'r0 role:Primary'");
                alpha.must("[ $(bsradm status r0 | grep -o UpToDate | wc -l) = 2 ]");
            }
            for (ScratchRoot node : List.of(alpha, beta)) {
                assertTrue(node.read("/etc/bsr.conf").contains("# edited here"), "the edit stays");
                assertTrue(node.read("/etc/bsr.conf.dpkg-dist").contains(Product.NEW_COMMENT.strip()));
                assertEquals(RESOURCE, node.read("/etc/bsr.d/r0.res"));
                // A cache of the first version would let its classes answer.
                assertTrue(node.must("bsrd --info").contains("version: " + Product.SECOND), "the new version answers");
                assertEquals(
                        Product.FIRST,
                        node.must("grep -o 'bsr in Java [0-9.]*' /var/log/bsr/bsr.log | tail -n 1")
                                .strip()
                                .replace("bsr in Java ", ""));
            }
            assertEquals(4, beta.must("ls /var/cache/bsr/*.aot").lines().count());

            beta.must("/usr/lib/bsr/bsr restart");
            beta.until("bsradm status r0 | grep -q peer-disk:UpToDate");
            beta.until("[ $(bsradm status r0 | grep -o UpToDate | wc -l) = 2 ]");
            assertTrue(beta.must("tail -n 20 /var/log/bsr/bsr.log").contains("bsr in Java " + Product.SECOND));

            for (ScratchRoot node : List.of(alpha, beta)) {
                node.must("/usr/lib/bsr/bsr stop");
                assertEquals(3, node.run("/usr/lib/bsr/bsr status").code());
            }
            assertEquals(beginning(alpha), beginning(beta));
        }
    }

    private static String beginning(ScratchRoot node) throws IOException, InterruptedException {
        return node.must("head -c 2M /disk.img | md5sum");
    }

    @Test
    void a_removal_keeps_what_the_administrator_wrote_and_a_purge_only_that_of_which_we_know_nothing()
            throws Exception {
        try (ScratchRoot root = ScratchRoot.boot("removal", installed)) {
            root.write("/etc/bsr.d/mine.res", "# mine\n");
            root.write("/etc/bsr.conf", root.read("/etc/bsr.conf") + "# edited\n");
            root.must("bsradm sh-nop; /usr/lib/bsr/bsr start; /usr/lib/bsr/bsr stop");
            root.must("echo remembered >/var/lib/bsr/bsr-minor-0.lkbd");

            root.must("dpkg -r bsr-engine && dpkg -r bsr-utils");

            assertTrue(root.read("/etc/bsr.conf").contains("# edited"));
            assertTrue(root.has("/etc/bsr.d/mine.res") && root.has("/var/log/bsr/bsr.log"));
            assertTrue(root.has("/var/lib/bsr/bsr-minor-0.lkbd"));
            assertFalse(root.has("/usr/sbin/bsradm") || root.has("/usr/lib/bsr") || root.has("/run/bsr"));

            root.must("dpkg -P bsr-engine bsr-utils");

            TreeSet<String> left = root.list("%p").stream()
                    .filter(path -> path.contains("bsr"))
                    .collect(Collectors.toCollection(TreeSet::new));
            assertEquals(new TreeSet<>(List.of("/etc/bsr.d", "/etc/bsr.d/mine.res")), left);
        }
    }

    @Test
    void a_removal_while_a_volume_is_in_use_is_refused_and_the_volume_stays() throws Exception {
        try (ScratchRoot alpha = ScratchRoot.boot("alpha", installed)) {
            alpha.must(
                    "ip link add cable type veth peer name end; ip addr add 10.77.0.1/24 dev cable; ip link set cable up");
            alpha.write("/etc/bsr.d/r0.res", RESOURCE);
            alpha.must("truncate -s 32M /disk.img && bsradm create-md r0 && /usr/lib/bsr/bsr start");
            alpha.must("bsradm primary --force r0");
            try (ExportClient user = ExportClient.open(alpha.root().resolve("run/bsr/nbd.sock"), "r0/0")) {
                Host.Said said = alpha.run("dpkg -r bsr-engine");

                assertNotEquals(0, said.code(), said.text());
                user.write(0, new byte[4096]);
                user.flush();
                alpha.must("bsradm status r0 | grep -q role:Primary");
            }
            alpha.until("/usr/lib/bsr/bsr stop");
            alpha.must("dpkg -r bsr-engine");
        }
    }

    @Test
    void the_init_script_starts_and_stops_the_service_and_leaves_that_to_systemd_where_it_runs() throws Exception {
        try (ScratchRoot alpha = ScratchRoot.boot("alpha", installed)) {
            alpha.must("ip link add cable type veth peer name end; ip addr add 10.77.0.1/24 dev cable");
            alpha.write("/etc/bsr.d/r0.res", RESOURCE);
            alpha.must("truncate -s 32M /disk.img && bsradm create-md r0");
            assertEquals(3, alpha.run("/etc/init.d/bsr status").code());

            alpha.must("/etc/init.d/bsr start");

            alpha.must("/etc/init.d/bsr status | grep -q 'r0 role:Secondary'");
            String engine = alpha.read("/run/bsr/bsrd.lock");
            alpha.must("/etc/init.d/bsr start && /etc/init.d/bsr reload");
            assertEquals(engine, alpha.read("/run/bsr/bsrd.lock"), "started once");
            alpha.must("/etc/init.d/bsr stop");
            assertEquals(3, alpha.run("/etc/init.d/bsr status").code());

            alpha.must("mkdir -p /run/systemd/system; printf '#!/bin/sh\necho \"$*\" >>/calls\n' >/usr/bin/systemctl;"
                    + " chmod 755 /usr/bin/systemctl; /etc/init.d/bsr start; /etc/init.d/bsr force-reload");
            assertEquals("start bsr.service\nrestart bsr.service\n", alpha.read("/calls"));
            assertEquals(3, alpha.run("/etc/init.d/bsr status").code(), "no engine beside that of systemd");
        }
    }

    /** The fence-peer handler of one node, whose ssh enters the other node as a real one would. */
    private Host.Said fence(ScratchRoot peer, String name, int id) throws IOException, InterruptedException {
        Path ssh = folder.resolve("ssh");
        Files.writeString(
                ssh,
                "#!/bin/sh\nshift\nexec nsenter -t " + peer.pid()
                        + " -m -p -n -u -r -w /usr/bin/env PATH=/usr/sbin:/usr/bin:/sbin:/bin \"$@\"\n");
        return Host.run(
                List.of(
                        "dash",
                        Host.SOURCES
                                .resolve(HandlerRun.SOURCE + "outdate-peer.sh")
                                .toString(),
                        "on",
                        "alpha",
                        "10.77.0.1",
                        "on",
                        "beta",
                        "10.77.0.2"),
                Map.of(
                        "OUTDATE_PEER_SSH",
                        "sh " + ssh,
                        "BSR_RESOURCE",
                        "r0",
                        "BSR_PEER_NODE_ID",
                        Integer.toString(id),
                        "BSR_NODE_ID_" + id,
                        name));
    }

    @Test
    void a_peer_is_outdated_by_the_handler_unless_it_is_primary_and_says_what_it_has() throws Exception {
        try (ScratchRoot alpha = ScratchRoot.boot("alpha", installed);
                ScratchRoot beta = ScratchRoot.boot("beta", installed)) {
            ScratchRoot.join(alpha, "10.77.0.1", beta, "10.77.0.2");
            for (ScratchRoot node : List.of(alpha, beta)) {
                node.write("/etc/bsr.d/r0.res", RESOURCE);
                node.must("truncate -s 32M /disk.img && bsradm create-md r0 && /usr/lib/bsr/bsr start");
            }
            alpha.must("ip link set cable down");
            Host.Said inconsistent = fence(beta, "beta", 1);
            assertEquals(3, inconsistent.code(), inconsistent.text());

            alpha.must("ip link set cable up && bsradm primary --force r0");
            alpha.until("[ $(bsradm status r0 | grep -o UpToDate | wc -l) = 2 ]");
            alpha.must("ip link set cable down");
            alpha.until("bsradm cstate r0 | grep -vq Connected");
            beta.until("bsradm cstate r0 | grep -vq Connected");

            Host.Said primary = fence(alpha, "alpha", 0);
            assertEquals(6, primary.code(), primary.text());
            alpha.must("bsradm dstate r0 | grep -q ^UpToDate");
            Host.Said outdated = fence(beta, "beta", 1);
            assertEquals(4, outdated.code(), outdated.text());
            beta.must("bsradm dstate r0 | grep -q ^Outdated");
            assertEquals(4, fence(beta, "beta", 1).code(), "it is so already");

            beta.must("/usr/lib/bsr/bsr stop");
            Host.Said stopped = fence(beta, "beta", 1);
            assertEquals(4, stopped.code(), stopped.text());
            beta.must("rm /etc/bsr.d/r0.res");
            assertEquals(1, fence(beta, "beta", 1).code(), "it answers, and is not fenced");
        }
    }

    @Test
    void what_claims_the_same_devices_is_refused_beside_ours_and_ours_beside_it() throws Exception {
        String other = """
                mkdir -p /other/DEBIAN && cat >/other/DEBIAN/control <<CONTROL
                Package: drbd-utils
                Version: 9.22.0-1
                Architecture: all
                Maintainer: nobody <nobody@example.org>
                Description: a dummy
                CONTROL
                dpkg-deb -b /other /other.deb
                """;
        try (ScratchRoot root = ScratchRoot.boot("conflict", installed)) {
            root.must(other);
            Host.Said said = root.run("dpkg -i /other.deb");
            assertNotEquals(0, said.code());
            assertTrue(said.text().contains("bsr-utils conflicts with drbd-utils"), said.text());
        }
        try (ScratchRoot root = ScratchRoot.boot("conflict", List.of(ScratchRoot.bare()))) {
            root.must(other + "dpkg -i /other.deb");
            root.receive("/debs", Product.first().packages(Family.DEB));
            Host.Said said = root.run("dpkg -i /debs/bsr-utils*.deb");
            assertNotEquals(0, said.code());
            assertTrue(said.text().contains("bsr-utils conflicts with drbd-utils"), said.text());
        }
    }
}
