package io.bsr.loop;

import io.bsr.base.port.Entropy;
import java.security.SecureRandom;

/** The randomness of the running system: identifiers, nonces and jitter of the engine come from here. */
public final class SecureEntropy implements Entropy {
    private final SecureRandom random = new SecureRandom();

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
