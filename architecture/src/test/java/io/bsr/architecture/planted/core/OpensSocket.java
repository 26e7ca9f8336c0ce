package io.bsr.architecture.planted.core;

import java.io.IOException;
import java.net.Socket;

/** A socket. */
final class OpensSocket {
    private OpensSocket() {}

    static Socket open(String host, int port) throws IOException {
        return new Socket(host, port);
    }
}
