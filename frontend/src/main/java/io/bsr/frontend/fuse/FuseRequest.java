package io.bsr.frontend.fuse;

import io.bsr.base.port.IoRequest;

/**
 * A request of the kernel at the volume. READ and WRITE are never longer than the volume takes at once, that was agreed in
 * INIT; a FALLOCATE may be, and is done one piece after the other. Pooled.
 */
final class FuseRequest extends IoRequest {
    private final FuseSession session;

    /** What the kernel calls it. */
    long unique;

    /** Bytes behind this piece. */
    long rest;

    FuseRequest(FuseSession session) {
        this.session = session;
    }

    @Override
    public void completed(int errno) {
        session.completed(this, errno);
    }
}
