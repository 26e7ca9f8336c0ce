package io.bsr.engine.command;

import io.bsr.base.Minor;
import io.bsr.base.NodeId;
import io.bsr.base.VolumeNumber;
import io.bsr.base.error.ErrorCode;
import io.bsr.engine.host.HostedResource;
import io.bsr.engine.host.Registry;
import java.util.List;

/** Names and numbers of a request as the things they stand for, or a refusal. */
final class Lookups {
    private Lookups() {}

    static HostedResource resource(Registry registry, String name) throws Refusal {
        HostedResource resource = registry.find(name);
        if (resource == null) {
            List<String> names =
                    registry.all().stream().map(HostedResource::name).toList();
            throw new Refusal(
                    ErrorCode.UNKNOWN_RESOURCE,
                    "\"" + name + "\" is not up on this node. "
                            + (names.isEmpty() ? "No resource is." : "These are: " + String.join(", ", names) + ".")
                            + " bsradm up brings up what is configured.");
        }
        return resource;
    }

    static Registry.VolumeAddress minor(Registry registry, int minor) throws Refusal {
        Registry.VolumeAddress address = registry.volume(minor);
        if (address == null) {
            throw new Refusal(
                    ErrorCode.MINOR_UNKNOWN,
                    "No resource that is up has a volume with minor " + minor
                            + ". bsrsetup status --verbose shows those there are.");
        }
        return address;
    }

    static Minor minor(int number) throws Refusal {
        try {
            return new Minor(number);
        } catch (IllegalArgumentException e) {
            throw new Refusal(ErrorCode.INVALID_REQUEST, e.getMessage() + ".");
        }
    }

    static NodeId nodeId(int number) throws Refusal {
        try {
            return new NodeId(number);
        } catch (IllegalArgumentException e) {
            throw new Refusal(ErrorCode.INVALID_PEER_NODE_ID, e.getMessage() + ".");
        }
    }

    static VolumeNumber volume(int number) throws Refusal {
        try {
            return new VolumeNumber(number);
        } catch (IllegalArgumentException e) {
            throw new Refusal(ErrorCode.INVALID_REQUEST, e.getMessage() + ".");
        }
    }
}
