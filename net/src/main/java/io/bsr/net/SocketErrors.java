package io.bsr.net;

import java.io.IOException;
import java.util.Locale;

/** Reasons for failed connections, in the words that both transports use. */
final class SocketErrors {
    private SocketErrors() {}

    /** What an exception of a Java socket says, in the words of {@link #text(int)}. */
    static String text(IOException failure) {
        String message = failure.getMessage();
        if (message == null) {
            return failure.getClass().getSimpleName();
        }
        String lower = message.toLowerCase(Locale.ROOT);
        if (lower.contains("reset")) {
            return text(104);
        }
        if (lower.contains("broken pipe")) {
            return text(32);
        }
        if (lower.contains("refused")) {
            return text(111);
        }
        if (lower.contains("no such file")) {
            return text(2);
        }
        if (lower.contains("in use")) {
            return text(98);
        }
        if (lower.contains("cannot assign") || lower.contains("can't assign")) {
            return text(99);
        }
        if (lower.contains("timed out")) {
            return text(110);
        }
        if (lower.contains("permission denied")) {
            return text(13);
        }
        return message;
    }

    /** A Linux error number of a socket (asm-generic/errno.h) in words. */
    static String text(int errno) {
        return switch (errno) {
            case 2 -> "no such socket";
            case 13 -> "permission denied";
            case 22 -> "not an address to connect to";
            case 24, 23 -> "too many open files";
            case 32 -> "the other side closed the connection";
            case 97 -> "the two addresses are of different families";
            case 98 -> "address already in use";
            case 99 -> "not an address of this host";
            case 100 -> "network is down";
            case 101 -> "network is unreachable";
            case 103 -> "connection aborted";
            case 104 -> "connection reset by the other side";
            case 105 -> "no buffer space";
            case 110 -> "connection timed out";
            case 111 -> "connection refused";
            case 112 -> "host is down";
            case 113 -> "no route to host";
            default -> "error number " + errno;
        };
    }
}
