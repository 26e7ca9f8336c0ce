package io.bsr.base.port;

/** Randomness: cryptographically strong in the engine, seeded in the simulator. */
public interface Entropy {
    long nextLong();

    /** Uniform in 0 … bound − 1. */
    int nextInt(int bound);

    void fill(byte[] bytes);
}
