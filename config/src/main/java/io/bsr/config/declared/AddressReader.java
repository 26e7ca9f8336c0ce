package io.bsr.config.declared;

import io.bsr.config.diagnostic.DiagnosticCode;
import io.bsr.config.syntax.Token;
import io.bsr.config.syntax.TokenKind;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads addresses; configuration-language reference, sections 2, 3 and 6.2. */
final class AddressReader {
    private AddressReader() {}

    /** {@code [family] IP:PORT}; null after a mistake, which has been reported. */
    static @Nullable Address read(Words words) {
        Address.Family family = family(words);
        Token host;
        if (family == Address.Family.IPV6) {
            host = bracketed(words);
            if (host == null) {
                return null;
            }
        } else {
            if (!words.nextIs(TokenKind.IPV4)) {
                boolean bracket = words.nextIs(TokenKind.OPEN_BRACKET);
                words.expected(List.of(bracket ? "'ipv6' before the bracket" : "an IPv4 address, or 'ipv6 [ADDRESS]'"));
                return null;
            }
            host = words.next();
            if (!isIpv4(host.value())) {
                words.report(
                        DiagnosticCode.VALUE_NOT_VALID,
                        host,
                        host.shown() + " is no IPv4 address: each part is at most 255",
                        List.of());
            }
        }
        if (!words.nextIs(TokenKind.COLON)) {
            words.expected(List.of("':' and a port"));
            return null;
        }
        words.next();
        Integer port = words.integer("port", 1, 65535);
        return port == null ? null : new Address(family, host.value(), port);
    }

    /** Whether an address starts here. */
    static boolean isNext(Words words) {
        return words.nextIs(TokenKind.IPV4)
                || words.nextIs("ipv4")
                || words.nextIs("ipv6")
                || words.nextIs("sdp")
                || words.nextIs("ssocks")
                || words.nextIs("sci");
    }

    private static Address.Family family(Words words) {
        if (words.take("ipv6")) {
            return Address.Family.IPV6;
        }
        if (words.take("sdp")) {
            return Address.Family.SDP;
        }
        if (words.take("ssocks") || words.take("sci")) {
            return Address.Family.SSOCKS;
        }
        words.take("ipv4");
        return Address.Family.IPV4;
    }

    private static @Nullable Token bracketed(Words words) {
        if (!words.nextIs(TokenKind.OPEN_BRACKET)) {
            words.expected(List.of("'[' before an IPv6 address"));
            return null;
        }
        words.next();
        if (!words.nextIs(TokenKind.IPV6)) {
            words.expected(List.of("an IPv6 address"));
            return null;
        }
        Token host = words.next();
        if (!isIpv6(host.value())) {
            words.report(DiagnosticCode.VALUE_NOT_VALID, host, host.shown() + " is no IPv6 address", List.of());
        }
        if (!words.nextIs(TokenKind.CLOSE_BRACKET)) {
            words.expected(List.of("']' behind the IPv6 address"));
            return null;
        }
        words.next();
        return host;
    }

    private static boolean isIpv4(String text) {
        for (String part : text.split("\\.", -1)) {
            if (part.isEmpty() || part.length() > 3 || Integer.parseInt(part) > 255) {
                return false;
            }
        }
        return true;
    }

    /** Up to eight groups of up to four hexadecimal digits, at most one {@code ::}, perhaps an IPv4 tail. */
    static boolean isIpv6(String text) {
        int scope = text.indexOf('%');
        String address = scope < 0 ? text : text.substring(0, scope);
        int gap = address.indexOf("::");
        if (gap >= 0 && address.indexOf("::", gap + 1) >= 0) {
            return false;
        }
        if (gap < 0) {
            return groups(address, true) == 8;
        }
        int before = gap == 0 ? 0 : groups(address.substring(0, gap), false);
        String tail = address.substring(gap + 2);
        int after = tail.isEmpty() ? 0 : groups(tail, true);
        return before >= 0 && after >= 0 && before + after <= 7;
    }

    /** The number of groups, an IPv4 tail counts as two; -1 if something else is there. */
    private static int groups(String text, boolean ipv4Tail) {
        String[] parts = text.split(":", -1);
        int count = 0;
        for (int i = 0; i < parts.length; i++) {
            String part = parts[i];
            if (ipv4Tail && i == parts.length - 1 && part.indexOf('.') > 0) {
                boolean four = part.split("\\.", -1).length == 4
                        && part.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9'));
                if (!four || !isIpv4(part)) {
                    return -1;
                }
                count += 2;
            } else if (part.isEmpty() || part.length() > 4 || part.indexOf('.') >= 0) {
                return -1;
            } else {
                count++;
            }
        }
        return count;
    }
}
