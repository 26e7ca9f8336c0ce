package io.bsr.engine.command;

import io.bsr.base.Minor;
import io.bsr.base.NodeId;
import io.bsr.base.VolumeNumber;
import io.bsr.base.error.ErrorCode;
import io.bsr.engine.host.HostedResource;
import io.bsr.engine.host.Registry;

/** Names and numbers of a request as the things they stand for, or a refusal. */
final class Lookups {
    private Lookups() {}

    static HostedResource resource(Registry registry, String name) throws Refusal {
        HostedResource resource = registry.find(name);
        if (resource == null) {
            throw new Refusal(ErrorCode.UNKNOWN_RESOURCE, "");
        }
        return resource;
    }

    static Registry.VolumeAddress minor(Registry registry, int minor) throws Refusal {
        Registry.VolumeAddress address = registry.volume(minor);
        if (address == null) {
            throw new Refusal(ErrorCode.MINOR_UNKNOWN, "");
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
