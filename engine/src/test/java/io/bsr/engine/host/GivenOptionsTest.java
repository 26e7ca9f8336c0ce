package io.bsr.engine.host;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.bsr.engine.host.GivenOptions.Target;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GivenOptionsTest {
    private static final Target RESOURCE = new Target.OfResource();
    private static final Target NODE = new Target.OfNode();
    private static final Target PEER = new Target.OfPeer(1);

    private final GivenOptions options = new GivenOptions();

    @Test
    void options_that_are_not_named_stay() {
        options.set(PEER, Map.of("timeout", "50", "protocol", "A"));

        assertEquals(Map.of("timeout", "50", "protocol", "C"), options.with(PEER, false, Map.of("protocol", "C")));
    }

    @Test
    void with_set_defaults_only_what_is_named_stays_and_who_the_peer_is() {
        options.set(PEER, Map.of("timeout", "50", "_name", "beta", "peer-node-name", "beta"));

        assertEquals(
                Map.of("protocol", "C", "_name", "beta", "peer-node-name", "beta"),
                options.with(PEER, true, Map.of("protocol", "C")));
    }

    @Test
    void the_size_of_a_disk_is_not_reset_with_its_options() {
        Target disk = new Target.OfDisk(0);
        options.set(disk, Map.of("size", "8", "al-extents", "67"));

        assertEquals(Map.of("size", "8"), options.with(disk, true, Map.of()));
    }

    @Test
    void options_of_the_resource_and_of_the_node_reach_the_core_together_and_reset_apart() {
        options.set(NODE, Map.of("node-name", "alpha", "persist-role", "yes"));
        options.set(RESOURCE, Map.of("twopc-timeout", "60"));

        Map<String, String> reset = options.with(RESOURCE, true, Map.of());

        assertEquals(Map.of("node-name", "alpha", "persist-role", "yes"), options.resourceWith(RESOURCE, reset));
        assertEquals(
                Map.of("node-name", "alpha", "twopc-timeout", "60"),
                options.resourceWith(NODE, options.with(NODE, true, Map.of())));
    }

    @Test
    void what_is_removed_takes_its_options_along() {
        options.set(new Target.OfDisk(0), Map.of("size", "8"));
        options.set(new Target.OfDisk(1), Map.of("size", "9"));
        options.set(new Target.OfPeerDevice(1, 0), Map.of("c-max-rate", "1"));
        options.set(new Target.OfPeerDevice(2, 1), Map.of("c-max-rate", "2"));
        options.set(PEER, Map.of("timeout", "1"));

        options.forgetVolume(0);
        options.forgetPeer(1);

        assertEquals(Map.of(), options.of(new Target.OfDisk(0)));
        assertEquals(Map.of("size", "9"), options.of(new Target.OfDisk(1)));
        assertEquals(Map.of(), options.of(new Target.OfPeerDevice(1, 0)));
        assertEquals(Map.of("c-max-rate", "2"), options.of(new Target.OfPeerDevice(2, 1)));
        assertEquals(Map.of(), options.of(PEER));
    }
}
