package io.bsr.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Invariant I11: a node of ours that takes the place of a recorded one, and hears what the other recorded node said, says what
 * the recorded one said, and has the recorded data.
 */
class RecordedPeerTest {
    private static final long PATIENCE_SECONDS = 30;
    private static final long METADATA_BYTES = 2L << 20;

    /** How often in a session a state is told that was not recorded, as one packet may tell two changes. */
    private static final int MOST_MORE_STATES = 3;

    private final Path folder;

    RecordedPeerTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @ParameterizedTest
    @CsvSource({
        "drbd84-writes-protoA, 131072, protocol A, n1",
        "drbd84-writes-protoA, 131072, protocol A, n2",
        "drbd84-writes-protoB, 131072, protocol B, n1",
        "drbd84-writes-protoB, 131072, protocol B, n2",
        "drbd84-writes-protoC, 131072, protocol C, n1",
        "drbd84-writes-protoC, 131072, protocol C, n2",
        "drbd84-initial-sync, 1968, protocol C, n1",
        "drbd84-initial-sync, 1968, protocol C, n2",
        "drbd84-resync-plain-bitmap, 131072, use-rle no, n1",
        "drbd84-resync-plain-bitmap, 131072, use-rle no, n2",
        "drbd84-resync-csums, 131072, csums-alg md5, n1",
        "drbd84-resync-csums, 131072, csums-alg md5, n2",
        "drbd84-admin, 131072, csums-alg md5, n2",
        "drbd84-admin, 131072, csums-alg md5, n1",
        "drbd84-split-brain, 131072, protocol C, n1",
        "drbd84-split-brain, 131072, protocol C, n2",
        "drbd84-split-brain-auto, 131072, after-sb-0pri discard-zero-changes; after-sb-1pri discard-secondary, n1",
        "drbd84-split-brain-auto, 131072, after-sb-0pri discard-zero-changes; after-sb-1pri discard-secondary, n2",
        "drbd84-link-loss, 131072, timeout 40; ping-int 5; ping-timeout 20, n1",
        "drbd84-link-loss, 131072, timeout 40; ping-int 5; ping-timeout 20, n2",
        "drbd84-verify, 1968, verify-alg sha1, n1",
        "drbd84-verify, 1968, verify-alg sha1, n2",
        "drbd84-diskless, 131072, csums-alg md5, n1",
        "drbd84-diskless, 131072, csums-alg md5, n2",
        "drbd84-ahead-behind, 131072, protocol A; on-congestion pull-ahead; congestion-fill 64K; sndbuf-size 10M, n2",
        "drbd84-volumes, 130992 1968, protocol C, n1",
        "drbd84-volumes, 130992 1968, protocol C, n2",
    })
    void our_node_says_what_the_recorded_drbd_84_said(String recording, String sizes, String net, String role)
            throws Exception {
        replay(recording, sizes, "peer-family drbd84; " + net + ";", role.equals("n1"), "");
    }

    @ParameterizedTest
    @CsvSource({
        "bsr-initial-sync, 1392, cram-hmac-alg sha1; shared-secret bsrsecret, n1",
        "bsr-initial-sync, 1392, cram-hmac-alg sha1; shared-secret bsrsecret, n2",
        "bsr-resync-verify, 131072, verify-alg crc32c; csums-alg md5, n1",
        "bsr-resync-verify, 131072, verify-alg crc32c; csums-alg md5, n2",
    })
    void our_node_says_what_the_recorded_bsr_said(String recording, String sizes, String net, String role)
            throws Exception {
        replay(recording, sizes, net + ";", role.equals("n1"), "bsrsecret");
    }

    /**
     * Plays a recording.
     *
     * @param sizes sectors of each volume
     */
    private void replay(String recording, String sizes, String net, boolean first, String secret) throws Exception {
        long[] sectors =
                Arrays.stream(sizes.split(" ")).mapToLong(Long::parseLong).toArray();
        List<RecordedDisk> disks =
                Arrays.stream(sectors).mapToObj(RecordedDisk::new).toList();
        RecordedDisk disk = disks.getFirst();
        RecordedAnswers answers = new RecordedAnswers(disks, recording.startsWith("bsr"), "md5", PATIENCE_SECONDS);
        Identifiers identifiers = new Identifiers(first ? 1 : 0);
        int port = Pair.freePort();
        try (Node node = node(net, port, first, sectors)) {
            RecordedUser user = new RecordedUser(node, disks);
            node.start();
            node.must("create-md", Pair.RESOURCE);
            node.must("up", Pair.RESOURCE);
            List<List<Recording.Sent>> sessions = Recording.sessions(recording);
            boolean complete = true;
            for (int i = 0; i < sessions.size(); i++) {
                List<Recording.Sent> session = sessions.get(i);
                node.await("to have lost the peer", state -> !state.isConnected());
                user.beforeSession(sessions.subList(i, sessions.size()), first, sectors[0]);
                RecordedDisk.begin(disks, session, !first);
                try (RecordedPeer peer = new RecordedPeer(
                        node,
                        port,
                        answers,
                        identifiers,
                        user,
                        challenge -> response(secret, challenge, first),
                        changed ->
                                VerifiedDisks.spoil(changed, first ? disk::write : VerifiedDisks.file(node.disk())))) {
                    complete &= peer.play(session, first);
                    assertTrue(peer.moreStates().size() <= MOST_MORE_STATES, peer.moreStates()::toString);
                }
            }

            for (int volume = 0; complete && volume < sectors.length; volume++) {
                byte[] expected = disks.get(volume).bytes();
                assertArrayEquals(expected, content(disk(node, volume), expected.length));
            }
        }
    }

    private static Path disk(Node node, int volume) {
        return volume == 0 ? node.disk() : node.root().resolve("disk" + volume + ".img");
    }

    /** From version 110 on, the response has the node id of who responds. */
    private static byte[] response(String secret, byte[] challenge, boolean ourNodeIsFirst) {
        try {
            Mac mac = Mac.getInstance("HmacSHA1");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.US_ASCII), "HmacSHA1"));
            mac.update(challenge);
            mac.update(ByteBuffer.allocate(4).putInt(ourNodeIsFirst ? 1 : 0).array());
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] content(Path disk, int bytes) throws IOException {
        ByteBuffer content = ByteBuffer.allocate(bytes);
        try (FileChannel file = FileChannel.open(disk, StandardOpenOption.READ)) {
            int read = 0;
            while (content.hasRemaining() && read >= 0) {
                read = file.read(content, content.position());
            }
        }
        return content.array();
    }

    private Node node(String net, int port, boolean first, long[] sectors) throws IOException {
        Node node = new Node(first ? "n1" : "n2", folder.resolve("node"));
        node.makeDisk(sectors[0] * 512 + METADATA_BYTES);
        StringBuilder ours = new StringBuilder();
        StringBuilder theirs = new StringBuilder();
        for (int volume = 0; volume < sectors.length; volume++) {
            if (volume > 0) {
                try (RandomAccessFile file =
                        new RandomAccessFile(disk(node, volume).toFile(), "rw")) {
                    file.setLength(sectors[volume] * 512 + METADATA_BYTES);
                }
            }
            String text = "volume %d { device /dev/bsr%d minor %d; disk \"%s\"; meta-disk internal; } ";
            ours.append(text.formatted(volume, volume, volume, disk(node, volume)));
            theirs.append(text.formatted(volume, volume, volume, "/dev/none" + volume));
        }
        int nobody = Pair.freePort();
        node.configure("""
                resource r0 {
                    net { connect-int 1; %s }
                    disk { c-plan-ahead 0; resync-rate 200M; }
                    on n1 { node-id 0; address 127.0.0.1:%d; %s }
                    on n2 { node-id 1; address 127.0.0.1:%d; %s }
                }
                """.formatted(
                net, first ? port : nobody, first ? ours : theirs, first ? nobody : port, first ? theirs : ours));
        return node;
    }
}
