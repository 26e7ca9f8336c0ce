package io.bsr.wire.digest;

import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.util.Arrays;
import javax.crypto.SecretKey;

/** A key that can be wiped, which the one of the Java library cannot; and it may be empty. */
final class SharedSecret implements SecretKey {
    private static final long serialVersionUID = 1L;

    private final transient byte[] bytes;
    private boolean destroyed;

    SharedSecret(byte[] bytes) {
        this.bytes = bytes.clone();
    }

    @Override
    public String getAlgorithm() {
        return "RAW";
    }

    @Override
    public String getFormat() {
        return "RAW";
    }

    @Override
    public byte[] getEncoded() {
        if (destroyed) {
            throw new IllegalStateException("the shared secret was wiped");
        }
        return bytes.clone();
    }

    @Override
    public void destroy() {
        destroyed = true;
        Arrays.fill(bytes, (byte) 0);
    }

    @Override
    public boolean isDestroyed() {
        return destroyed;
    }

    private void writeObject(ObjectOutputStream out) throws NotSerializableException {
        throw new NotSerializableException("a shared secret is not written anywhere");
    }
}
