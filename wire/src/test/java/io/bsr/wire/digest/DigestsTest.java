package io.bsr.wire.digest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.base.port.Entropy;
import io.bsr.wire.Agreement;
import io.bsr.wire.digest.CramHmac.Verdict;
import io.bsr.wire.packet.AuthChallenge;
import io.bsr.wire.packet.AuthResponse;
import io.bsr.wire.packet.Octets;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DigestsTest {
    private static final Agreement BSR = new Agreement(118, 0);
    private static final Agreement DRBD84 = new Agreement(101, 0);

    private static final class SeededEntropy implements Entropy {
        private final Random random;

        SeededEntropy(long seed) {
            random = new Random(seed);
        }

        @Override
        public long nextLong() {
            return random.nextLong();
        }

        @Override
        public int nextInt(int bound) {
            return random.nextInt(bound);
        }

        @Override
        public void fill(byte[] bytes) {
            random.nextBytes(bytes);
        }
    }

    private static CramHmac node(String secret, Agreement agreed) {
        return new CramHmac(DigestAlgorithm.SHA256, secret.getBytes(StandardCharsets.UTF_8), agreed);
    }

    @Test
    void two_nodes_with_one_secret_believe_each_other() {
        for (Agreement agreed : new Agreement[] {BSR, DRBD84}) {
            CramHmac first = node("secret", agreed);
            CramHmac second = node("secret", agreed);
            AuthChallenge toSecond = first.challenge(new SeededEntropy(1));
            AuthChallenge toFirst = second.challenge(new SeededEntropy(2));

            assertFalse(first.isReflected(toFirst));
            assertEquals(Verdict.GENUINE, first.check(second.respond(toSecond, 1), 1));
            assertEquals(Verdict.GENUINE, second.check(first.respond(toFirst, 0), 0));
        }
    }

    @Test
    void a_node_with_another_secret_is_not_believed() {
        CramHmac first = node("secret", BSR);
        CramHmac second = node("secreT", BSR);
        AuthChallenge challenge = first.challenge(new SeededEntropy(1));

        assertEquals(Verdict.WRONG_SECRET, first.check(second.respond(challenge, 1), 1));
    }

    @Test
    void from_version_110_on_a_response_is_good_for_one_node_only() {
        CramHmac first = node("secret", BSR);
        CramHmac old = node("secret", DRBD84);
        AuthChallenge challenge = first.challenge(new SeededEntropy(1));
        AuthChallenge oldChallenge = old.challenge(new SeededEntropy(1));

        assertEquals(Verdict.WRONG_SECRET, first.check(first.respond(challenge, 2), 1));
        assertEquals(Verdict.GENUINE, old.check(old.respond(oldChallenge, 2), 1));
    }

    @Test
    void a_response_of_another_algorithm_has_the_wrong_length() {
        CramHmac hmac = node("secret", BSR);
        hmac.challenge(new SeededEntropy(1));

        assertEquals(Verdict.WRONG_LENGTH, hmac.check(new AuthResponse(Octets.of(new byte[20])), 1));
    }

    @Test
    void the_own_challenge_sent_back_is_noticed() {
        CramHmac hmac = node("secret", BSR);
        AuthChallenge challenge = hmac.challenge(new SeededEntropy(1));

        assertTrue(
                hmac.isReflected(new AuthChallenge(Octets.of(challenge.bytes().toByteArray()))));
    }

    @Test
    void a_closed_handshake_has_no_secret_any_more() {
        CramHmac hmac = node("secret", BSR);
        AuthChallenge challenge = hmac.challenge(new SeededEntropy(1));

        hmac.close();

        assertThrows(IllegalStateException.class, () -> hmac.respond(challenge, 1));
    }

    @Test
    void a_response_before_a_challenge_is_a_mistake_of_the_caller() {
        assertThrows(IllegalStateException.class, () -> node("secret", BSR)
                .check(new AuthResponse(Octets.of(new byte[32])), 1));
    }

    @Test
    void a_checksum_cannot_authenticate() {
        assertThrows(IllegalArgumentException.class, () -> new CramHmac(DigestAlgorithm.CRC32C, new byte[1], BSR));
        assertFalse(DigestAlgorithm.names(true).contains("crc32c"));
        assertTrue(DigestAlgorithm.names(false).contains("crc32c"));
    }

    @Test
    void every_keyed_algorithm_gives_a_response_of_its_length() {
        byte[] key = "Jefe".getBytes(StandardCharsets.US_ASCII);
        for (DigestAlgorithm algorithm : DigestAlgorithm.values()) {
            if (algorithm.isKeyed()) {
                AuthResponse response =
                        new CramHmac(algorithm, key, DRBD84).respond(new AuthChallenge(Octets.of(new byte[64])), 0);

                assertEquals(algorithm.bytes(), response.digest().length(), algorithm.toString());
            }
        }
        AuthResponse empty = new CramHmac(DigestAlgorithm.MD5, new byte[0], DRBD84)
                .respond(new AuthChallenge(Octets.of(new byte[64])), 0);
        assertEquals(16, empty.digest().length());
    }

    @Test
    void algorithms_are_found_by_the_names_of_linux() {
        for (DigestAlgorithm algorithm : DigestAlgorithm.values()) {
            assertEquals(algorithm, DigestAlgorithm.ofName(algorithm.linuxName()));
        }
        assertEquals(DigestAlgorithm.SHA3_256, DigestAlgorithm.ofName("sha3-256"));
        assertNull(DigestAlgorithm.ofName("SHA-1"));
        assertNull(DigestAlgorithm.ofName(""));
    }

    @Test
    void digests_have_the_bytes_of_the_kernel() {
        assertDigest("839206e3", DigestAlgorithm.CRC32C);
        assertDigest("25f9e794323b453885f5181f1b624d0b", DigestAlgorithm.MD5);
        assertDigest("f7c3bc1d808e04732adf679965ccc34ca7ae3441", DigestAlgorithm.SHA1);
        assertDigest("15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225", DigestAlgorithm.SHA256);
    }

    private static void assertDigest(String hex, DigestAlgorithm algorithm) {
        PayloadDigest digest = new PayloadDigest(algorithm);
        for (ByteBuffer payload : new ByteBuffer[] {ByteBuffer.allocate(9), ByteBuffer.allocateDirect(9)}) {
            payload.put("123456789".getBytes(StandardCharsets.US_ASCII)).flip();
            ByteBuffer out = ByteBuffer.allocate(64);

            digest.update(payload.duplicate().limit(4));
            digest.update(payload.duplicate().position(4));
            digest.putTo(out);

            assertEquals(hex, HexFormat.of().formatHex(out.array(), 0, out.position()));
            digest.update(payload);
            assertTrue(digest.matches(out, 0));
            assertFalse(digest.matches(out, 0));
            assertEquals(out.position(), digest.bytes());
        }
    }
}
