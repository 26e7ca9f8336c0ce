package io.bsr.control.server;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;

/** Who is at the other end of a Unix socket. */
final class PeerUser {
    private static final String OWN = System.getProperty("user.name", "");

    private PeerUser() {}

    /** Why the client may not command this engine; empty if it may. Systems that cannot tell rely on the socket's mode. */
    static String refusal(SocketChannel channel) throws IOException {
        if (!channel.supportedOptions().contains(ExtendedSocketOptions.SO_PEERCRED)) {
            return "";
        }
        UnixDomainPrincipal peer = channel.getOption(ExtendedSocketOptions.SO_PEERCRED);
        String user = peer.user().getName();
        return user.equals("root") || user.equals("0") || user.equals(OWN)
                ? ""
                : "user " + user + " may not command the engine of user " + OWN
                        + "; run the tool as that user or as root";
    }
}
