package io.bsr.frontend.nbd;

import io.bsr.base.port.IoRequest;

/** A part of a client's request that the volume does in one go. Pooled with its connection. */
final class Piece extends IoRequest {
    private final Transmission transmission;

    /** The request that it is a part of. */
    ClientRequest request;

    Piece(Transmission transmission, ClientRequest request) {
        this.transmission = transmission;
        this.request = request;
    }

    @Override
    public void completed(int errno) {
        transmission.completed(this, errno);
    }
}
