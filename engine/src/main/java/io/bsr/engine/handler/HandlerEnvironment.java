package io.bsr.engine.handler;

import io.bsr.base.state.DiskState;
import io.bsr.control.EngineFiles;
import io.bsr.control.status.ConnectionStatus;
import io.bsr.control.status.ResourceStatus;
import io.bsr.control.status.VolumeStatus;
import io.bsr.core.Happening;
import java.util.LinkedHashMap;
import java.util.Map;

/** The variables that a handler finds; handlers reference, section 3.1. */
final class HandlerEnvironment {
    private static final String HOST = "/";

    private HandlerEnvironment() {}

    static Map<String, String> of(HandlerSettings settings, ResourceStatus resource, Happening.HandlerDue due) {
        Map<String, String> variables = new LinkedHashMap<>();
        variables.put("HOME", "/");
        variables.put("TERM", "linux");
        variables.put("PATH", "/sbin:/usr/sbin:/bin:/usr/bin");
        String root = settings.files().root().toString();
        if (!root.equals(HOST)) {
            variables.put(EngineFiles.ROOT_VARIABLE, root);
            variables.put(EngineFiles.NODE_VARIABLE, settings.node());
        }
        boolean device = due.volume() != Happening.NONE;
        boolean peer = due.peerNodeId() != Happening.NONE;
        for (VolumeStatus volume : resource.volumes()) {
            if (device && volume.number() == due.volume()) {
                variables.put("BSR_MINOR", Integer.toString(volume.minor()));
                variables.put("BSR_VOLUME", Integer.toString(volume.number()));
                putUnlessEmpty(variables, "BSR_BACKING_DEV", volume.backing());
            } else if (peer && !device) {
                variables.put("BSR_MINOR_" + volume.number(), Integer.toString(volume.minor()));
                putUnlessEmpty(variables, "BSR_BACKING_DEV_" + volume.number(), volume.backing());
            }
        }
        for (ConnectionStatus connection : resource.connections()) {
            if (connection.peerNodeId() == due.peerNodeId()) {
                variables.put("BSR_PEER_NODE_ID", Integer.toString(due.peerNodeId()));
                connection.paths().stream().findFirst().ifPresent(path -> putPath(variables, path));
            }
        }
        if (due.handler().equals("fence-peer") || due.handler().equals("unfence-peer")) {
            variables.put("UP_TO_DATE_NODES", String.format("0x%08X", upToDateNodes(resource, due)));
        }
        return variables;
    }

    /**
     * Bits of the nodes that have good data of every volume; volumes that nobody known has do not count. A peer that
     * is to be fenced is out of contact.
     */
    private static int upToDateNodes(ResourceStatus resource, Happening.HandlerDue due) {
        int everywhere = -1;
        int somewhere = 0;
        for (VolumeStatus volume : resource.volumes()) {
            int having = volume.disk() == DiskState.UP_TO_DATE ? 1 << resource.nodeId() : 0;
            for (ConnectionStatus connection : resource.connections()) {
                boolean counts = !due.handler().equals("fence-peer") || connection.peerNodeId() != due.peerNodeId();
                boolean good = connection.peerDevices().stream()
                        .anyMatch(p -> p.volume() == volume.number() && p.peerDisk() == DiskState.UP_TO_DATE);
                having |= counts && good ? 1 << connection.peerNodeId() : 0;
            }
            everywhere &= having == 0 ? -1 : having;
            somewhere |= having;
        }
        return everywhere & somewhere;
    }

    /** {@code ipv4:10.0.0.1:7788 ipv4:10.0.0.2:7788}; of IPv6 addresses the brackets are left out. */
    private static void putPath(Map<String, String> variables, String path) {
        String[] ends = path.split(" ", 2);
        String[] owners = {"BSR_MY_", "BSR_PEER_"};
        for (int i = 0; i < ends.length; i++) {
            int family = ends[i].indexOf(':');
            int port = ends[i].lastIndexOf(':');
            if (family > 0 && port > family) {
                variables.put(owners[i] + "AF", ends[i].substring(0, family));
                String address = ends[i].substring(family + 1, port);
                variables.put(owners[i] + "ADDRESS", address.replace("[", "").replace("]", ""));
            }
        }
    }

    private static void putUnlessEmpty(Map<String, String> variables, String name, String value) {
        if (!value.isEmpty()) {
            variables.put(name, value);
        }
    }
}
