package io.bsr.cli.bsrsetup;

import io.bsr.base.port.Endpoint;
import io.bsr.cli.argument.UsageException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** Operands of {@code bsrsetup} as what they stand for; command-line reference, section 3.1. */
final class Operands {
    private static final int DEFAULT_PORT = 7788;
    private static final int MOST_PORT = 65535;

    private Operands() {}

    /** A number of at most nine digits. */
    static int number(String name, String text) throws UsageException {
        if (!text.matches("[0-9]{1,9}")) {
            throw new UsageException(name + ": '" + text + "' is not a number.");
        }
        return Integer.parseInt(text);
    }

    /** {@code N}, {@code minor-N}, or the path of the device. */
    static int minor(String text) throws UsageException {
        for (String prefix : new String[] {"minor-", "/dev/bsr"}) {
            if (text.startsWith(prefix)) {
                return number("MINOR", text.substring(prefix.length()));
            }
        }
        return number("MINOR", text);
    }

    /**
     * {@code [local:|peer:][ipv4:|ipv6:]ADDRESS[:PORT]}, an IPv6 address in brackets. Names are looked up here, for the
     * engine never does.
     */
    static Endpoint address(String text) throws UsageException {
        String rest = without(without(text, "local:"), "peer:");
        boolean six = rest.startsWith("ipv6:") || rest.startsWith("[");
        for (String family : new String[] {"sdp:", "ssocks:"}) {
            if (rest.startsWith(family)) {
                throw new UsageException("address '" + text + "': the family " + family.replace(":", "")
                        + " is not available. Use ipv4 or ipv6.");
            }
        }
        rest = without(without(rest, "ipv4:"), "ipv6:");
        int close = rest.startsWith("[") ? rest.indexOf(']') : -1;
        String host;
        String port;
        if (close > 0) {
            host = rest.substring(1, close);
            port = rest.substring(close + 1);
        } else {
            int colon = rest.lastIndexOf(':');
            host = colon < 0 ? rest : rest.substring(0, colon);
            port = colon < 0 ? "" : rest.substring(colon);
        }
        int number = DEFAULT_PORT;
        if (!port.isEmpty()) {
            number = port.matches(":[0-9]{1,5}") ? Integer.parseInt(port.substring(1)) : -1;
        }
        if (host.isEmpty() || number < 1 || number > MOST_PORT) {
            throw new UsageException(
                    "address '" + text + "' is none. Write ipv4:10.0.0.1:7788 or ipv6:[fd00::1]:7788, port 1 … 65535.");
        }
        return resolved(text, host, number, six);
    }

    private static String without(String text, String prefix) {
        return text.startsWith(prefix) ? text.substring(prefix.length()) : text;
    }

    private static Endpoint resolved(String text, String host, int port, boolean six) throws UsageException {
        boolean numeric = six ? host.indexOf(':') >= 0 : host.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
        if (numeric) {
            return six ? Endpoint.ipv6(host, port) : Endpoint.ipv4(host, port);
        }
        try {
            for (InetAddress found : InetAddress.getAllByName(host)) {
                if (found instanceof Inet6Address == six) {
                    String address = found.getHostAddress();
                    return six ? Endpoint.ipv6(address, port) : Endpoint.ipv4(address, port);
                }
            }
        } catch (UnknownHostException e) {
            throw new UsageException("address '" + text + "': the name " + host + " is not known. Use a number.");
        }
        throw new UsageException(
                "address '" + text + "': " + host + " has no address of family " + (six ? "ipv6" : "ipv4") + ".");
    }
}
