package io.bsr.wire.digest;

import io.bsr.base.port.Entropy;
import io.bsr.wire.Agreement;
import io.bsr.wire.Versions;
import io.bsr.wire.packet.AuthChallenge;
import io.bsr.wire.packet.AuthResponse;
import io.bsr.wire.packet.Octets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import javax.crypto.Mac;
import org.jspecify.annotations.Nullable;

/**
 * Proves to each other that both nodes know the shared secret, without sending it (reference 4.2). Both do at the same
 * time:
 *
 * <pre>
 *   send P_AUTH_CHALLENGE        ── challenge()
 *   receive the peer's           ── isReflected? give up;  send P_AUTH_RESPONSE  ── respond()
 *   receive the peer's response  ── check(): only GENUINE goes on
 * </pre>
 *
 * The response is the HMAC of the other's challenge; from version 110 on, of the challenge followed by the responder's
 * node id (32 bits, big-endian), so that a response cannot be used by a third node.
 *
 * <p>One object serves one handshake. {@link #close} wipes the secret.
 */
public final class CramHmac implements AutoCloseable {
    private final DigestAlgorithm algorithm;
    private final SharedSecret secret;
    private final Agreement agreed;
    private @Nullable AuthChallenge own;

    /** What became of a response. */
    public enum Verdict {
        GENUINE,
        /** Not a digest of this algorithm: disconnect and try again. */
        WRONG_LENGTH,
        /** The peer does not know the secret: give up. */
        WRONG_SECRET
    }

    /**
     * Begins a handshake.
     *
     * @param algorithm cram-hmac-alg
     * @param sharedSecret its bytes without a NUL; copied, the caller should wipe its own
     * @throws IllegalArgumentException if the algorithm cannot be used with a key
     */
    public CramHmac(DigestAlgorithm algorithm, byte[] sharedSecret, Agreement agreed) {
        if (!algorithm.isKeyed()) {
            throw new IllegalArgumentException(
                    algorithm + " cannot authenticate; use one of " + DigestAlgorithm.names(true));
        }
        this.algorithm = algorithm;
        this.secret = new SharedSecret(sharedSecret);
        this.agreed = agreed;
    }

    /** The challenge to send. */
    public AuthChallenge challenge(Entropy entropy) {
        byte[] random = new byte[AuthChallenge.BYTES];
        entropy.fill(random);
        AuthChallenge challenge = new AuthChallenge(Octets.of(random));
        own = challenge;
        return challenge;
    }

    /** True if the peer sent back our own challenge, to have us compute its response: give up. */
    public boolean isReflected(AuthChallenge peers) {
        return peers.equals(own);
    }

    /**
     * The response to the peer's challenge.
     *
     * @param ownNodeId this node
     */
    public AuthResponse respond(AuthChallenge peers, int ownNodeId) {
        return new AuthResponse(Octets.of(digest(peers, ownNodeId)));
    }

    /**
     * Checks the peer's response to our challenge.
     *
     * @param peerNodeId as configured, not as the peer says
     */
    public Verdict check(AuthResponse response, int peerNodeId) {
        AuthChallenge sent = own;
        if (sent == null) {
            throw new IllegalStateException("no challenge was sent");
        }
        if (response.digest().length() != algorithm.bytes()) {
            return Verdict.WRONG_LENGTH;
        }
        byte[] expected = digest(sent, peerNodeId);
        return MessageDigest.isEqual(expected, response.digest().toByteArray())
                ? Verdict.GENUINE
                : Verdict.WRONG_SECRET;
    }

    private byte[] digest(AuthChallenge challenge, int responder) {
        String name = algorithm.javaMacName();
        try {
            Mac mac = Mac.getInstance(name);
            mac.init(secret);
            mac.update(challenge.bytes().toByteArray());
            if (agreed.atLeast(Versions.MULTI_PEER)) {
                for (int shift = Integer.SIZE - Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
                    mac.update((byte) (responder >>> shift));
                }
            }
            return mac.doFinal();
        } catch (NoSuchAlgorithmException | InvalidKeyException missing) {
            throw new IllegalStateException("this Java runtime cannot compute " + name, missing);
        }
    }

    /** Wipes the secret; the object is of no use any more. */
    @Override
    public void close() {
        secret.destroy();
    }
}
