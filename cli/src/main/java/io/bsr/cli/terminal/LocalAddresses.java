package io.bsr.cli.terminal;

import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The IP addresses of this host's interfaces; they are listed when the first is asked for, as that takes a while. */
public final class LocalAddresses implements Predicate<String> {
    private @Nullable Set<String> addresses;

    @Override
    public boolean test(String address) {
        Set<String> known = addresses;
        if (known == null) {
            known = list();
            addresses = known;
        }
        return known.contains(address);
    }

    private static Set<String> list() {
        Set<String> found = new HashSet<>();
        try {
            for (NetworkInterface network : Collections.list(NetworkInterface.getNetworkInterfaces())) {
                for (InterfaceAddress each : network.getInterfaceAddresses()) {
                    String address = each.getAddress().getHostAddress();
                    int scope = address.indexOf('%');
                    found.add(scope < 0 ? address : address.substring(0, scope));
                }
            }
        } catch (SocketException e) {
            // Without the list, addresses that must be local are not found, and the message names them.
            found.clear();
        }
        return found;
    }
}
