package io.bsr.engine;

import io.bsr.base.port.Endpoint;
import io.bsr.control.EngineFiles;
import java.util.ArrayList;
import java.util.List;

/** Where the NBD server of each event loop listens: the first one where one expects it, the others beside it. */
final class NbdAddresses {
    private NbdAddresses() {}

    static List<Endpoint> of(EngineFiles files, EngineOptions options, int loop) {
        List<Endpoint> addresses = new ArrayList<>();
        addresses.add(beside(Endpoint.unix(files.nbdSocket().toString()), loop));
        for (Endpoint asked : options.nbdListen()) {
            addresses.add(beside(asked, loop));
        }
        return List.copyOf(addresses);
    }

    private static Endpoint beside(Endpoint first, int loop) {
        if (loop == 0) {
            return first;
        }
        if (first.family() == Endpoint.Family.UNIX) {
            String path = first.address();
            int dot = path.endsWith(".sock") ? path.length() - 5 : path.length();
            return Endpoint.unix(path.substring(0, dot) + "-" + loop + path.substring(dot));
        }
        return new Endpoint(first.family(), first.address(), first.port() + loop);
    }
}
