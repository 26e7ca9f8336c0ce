package io.bsr.architecture.planted.core;

import java.io.IOException;
import java.nio.channels.SocketChannel;

/** A channel. */
final class OpensChannel {
    private OpensChannel() {}

    static SocketChannel open() throws IOException {
        return SocketChannel.open();
    }
}
