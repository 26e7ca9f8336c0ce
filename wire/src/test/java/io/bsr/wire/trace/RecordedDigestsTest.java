package io.bsr.wire.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.wire.PacketType;
import io.bsr.wire.StreamRole;
import io.bsr.wire.Versions;
import io.bsr.wire.data.DataLayout;
import io.bsr.wire.digest.CramHmac;
import io.bsr.wire.digest.DigestAlgorithm;
import io.bsr.wire.digest.PayloadDigest;
import io.bsr.wire.packet.AuthChallenge;
import io.bsr.wire.packet.AuthResponse;
import io.bsr.wire.packet.ConnectionFeatures;
import io.bsr.wire.packet.Packet;
import io.bsr.wire.trace.Recording.Conversation;
import io.bsr.wire.trace.Recording.Frame;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What real peers computed with known secrets and known data. */
class RecordedDigestsTest {
    @ParameterizedTest
    @CsvSource({
        "bsr-initial-sync, SHA1, bsrsecret",
        "drbd84-auth-integrity, SHA1, s3cret-for-traces",
        "drbd84-auth-sha256, SHA256, s3cret-for-traces",
    })
    void the_responses_of_real_peers_are_computed_again(String name, DigestAlgorithm algorithm, String secret)
            throws Exception {
        Conversation conversation = dataConversations(name).getFirst();
        List<Packet> opener = packets(conversation.fromOpener());
        List<Packet> acceptor = packets(conversation.toOpener());

        int same = 0;
        for (List<List<Packet>> pair : List.of(List.of(opener, acceptor), List.of(acceptor, opener))) {
            List<Packet> responder = pair.getFirst();
            int node = only(ConnectionFeatures.class, responder).senderNodeId();
            AuthChallenge challenge = only(AuthChallenge.class, pair.getLast());
            try (CramHmac hmac = new CramHmac(
                    algorithm,
                    secret.getBytes(StandardCharsets.UTF_8),
                    conversation.fromOpener().getLast().agreed())) {
                assertEquals(only(AuthResponse.class, responder), hmac.respond(challenge, node));
                same++;
            }
        }

        assertEquals(2, same);
    }

    @ParameterizedTest
    @CsvSource({"drbd84-auth-integrity, CRC32C", "drbd84-auth-sha256, SHA1"})
    void the_digests_of_recorded_writes_match_their_data(String name, DigestAlgorithm algorithm) throws Exception {
        PayloadDigest digest = new PayloadDigest(algorithm);
        int writes = 0;
        for (Frame frame : dataConversations(name).getFirst().fromOpener()) {
            writes += check(digest, frame);
        }
        for (Frame frame : dataConversations(name).getFirst().toOpener()) {
            writes += check(digest, frame);
        }

        assertTrue(writes >= 3, writes + " writes");
    }

    private static int check(PayloadDigest digest, Frame frame) {
        if (frame.type() != PacketType.DATA) {
            return 0;
        }
        ByteBuffer body = frame.body();
        int data = DataLayout.BYTES + digest.bytes();
        assertEquals(0, (frame.length() - data) % 512);

        digest.update(body.slice(data, frame.length() - data));

        assertTrue(digest.matches(body, DataLayout.BYTES));
        return 1;
    }

    private static List<Conversation> dataConversations(String name) throws Exception {
        return Recording.read(name).stream()
                .filter(conversation -> conversation.role() == StreamRole.DATA)
                .toList();
    }

    private static List<Packet> packets(List<Frame> frames) throws Exception {
        List<Packet> packets = new ArrayList<>();
        for (Frame frame : frames) {
            packets.add(Packet.decode(frame.type(), frame.body(), frame.length(), frame.agreed()));
        }
        assertTrue(frames.getLast().agreed().atLeast(Versions.HEADER_100));
        return packets;
    }

    private static <T> T only(Class<T> type, List<Packet> packets) {
        List<T> found =
                packets.stream().filter(type::isInstance).map(type::cast).toList();
        assertEquals(1, found.size(), type.toString());
        return found.getFirst();
    }
}
