package io.bsr.frontend.nbd;

import io.bsr.base.port.Stream;
import io.bsr.base.port.VolumePort;
import org.jspecify.annotations.Nullable;

/**
 * A stream without a negotiation: its first byte is that of a request. The kernel's client expects that of a socket which
 * it is given. Simple replies only. On the loop of the server.
 *
 * <p>It counts as no client of the server: the limit of connections does not hold for it, and it is not cut off when it
 * does not move.
 */
public final class DirectSession {
    /** Whoever brought the stream. On the loop. */
    public interface Owner {
        void resized(long size);

        /** The stream is closed, and so is the volume; {@code reason} in words. Told once. */
        void ended(String reason);
    }

    private final NbdServer server;
    private final Export export;
    private final String description;
    private final Owner owner;
    private @Nullable NbdConnection connection;

    /**
     * Nothing is opened yet.
     *
     * @param description how the volume names its user, e.g. {@code "block device /dev/bsr0"}
     */
    public DirectSession(NbdServer server, Export export, String description, Owner owner) {
        this.server = server;
        this.export = export;
        this.description = description;
        this.owner = owner;
    }

    /** How the volume names its user. */
    public String description() {
        return description;
    }

    /** What the other end has to be told as the flags of the export. */
    public int flags() {
        return agreed().transmissionFlags();
    }

    /** The size of the export in bytes: whole blocks. */
    public long size() {
        return agreed().size();
    }

    /** The block size of the export in bytes: 512 or 4096. */
    public int blockSize() {
        return agreed().minimumBlock();
    }

    private Session agreed() {
        return new Session(export, false, false);
    }

    /** Opens the volume and serves the stream; returns why not, or {@code null}. The stream is closed then. Once. */
    public @Nullable String open(Stream stream) {
        NbdConnection opened = server.connection(stream, description, owner);
        VolumePort volume = export.volume();
        String refusal = server.closing() ? "the server is being shut down" : volume.open(opened);
        if (refusal == null) {
            connection = opened;
            server.begin(opened, agreed());
        } else {
            stream.close();
        }
        return refusal;
    }

    /** Whether the stream ends because the server does. */
    public boolean serverCloses() {
        return server.closing();
    }

    /** Closes the stream: nothing is answered any more. The owner is told when that has ended. */
    public void leave() {
        if (connection != null) {
            connection.violated("its device does not need it any more");
        }
    }
}
