package io.bsr.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.bsr.config.model.ResourceView;
import io.bsr.config.option.Settings;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The cases of the configuration-language reference, section 8.2, and its addenda. */
class InheritanceTest {
    private static final String AMBIGUOUS = "C601";

    private static String resource(String content) {
        return "resource r0 {\n" + Texts.TWO_HOSTS + content + "\n}\n";
    }

    private static Optional<String> net(String text, String option) throws Exception {
        return Texts.view(text).peers().getFirst().net().value(option);
    }

    private static Optional<String> peerDevice(String text, String node, String option) throws Exception {
        Settings settings =
                Texts.view(text, node).peers().getFirst().peerDevices().get(0);
        return settings == null ? Optional.empty() : settings.value(option);
    }

    private static Optional<String> disk(String text, String node, String option) throws Exception {
        ResourceView view = Texts.view(text, node);
        return view.volumes().iterator().next().diskOptions().value(option);
    }

    @Test
    void a_connection_overrides_the_resource_and_the_resource_overrides_common() throws Exception {
        String common = "common { net { ping-int 10; timeout 11; connect-int 12; } }\n";
        String text = common + resource("""
                net { ping-int 20; timeout 21; }
                connection { host a; host b; net { ping-int 30; } }""");

        assertEquals(Optional.of("30"), net(text, "ping-int"));
        assertEquals(Optional.of("21"), net(text, "timeout"));
        assertEquals(Optional.of("12"), net(text, "connect-int"));
    }

    @Test
    void a_mesh_value_against_a_value_of_the_resource_is_ambiguous() {
        String mesh = "connection-mesh { hosts a b; net { ping-int 8; } }";

        assertEquals(List.of(AMBIGUOUS), Texts.codes(resource("net { ping-int 7; } " + mesh)));
        assertEquals(List.of(AMBIGUOUS), Texts.codes("common { net { ping-int 7; } }" + resource(mesh)));
        assertEquals(List.of(), Texts.codes(resource("net { ping-int 8; } " + mesh)));
    }

    @Test
    void a_disk_option_of_the_resource_against_one_of_its_volume_is_ambiguous() {
        String volume = """
                resource r0 {
                  disk { disk-timeout %s; }
                  volume 0 { device minor 0; disk /dev/d0; meta-disk internal; disk { disk-timeout 3; } }
                  on a { node-id 0; address 10.0.0.1:7788; }
                  on b { node-id 1; address 10.0.0.2:7788; }
                }
                """;

        assertEquals(List.of(AMBIGUOUS), Texts.codes(volume.formatted("2")));
        assertEquals(List.of(), Texts.codes(volume.formatted("3")));
    }

    @Test
    void a_volume_of_a_host_overrides_the_resource_on_that_host_only() throws Exception {
        String text = """
                resource r0 {
                  disk { disk-timeout 9; }
                  volume 0 { device minor 0; disk /dev/d0; meta-disk internal; }
                  on a { node-id 0; address 10.0.0.1:7788; volume 0 { disk { disk-timeout 4; } } }
                  on b { node-id 1; address 10.0.0.2:7788; }
                }
                """;

        assertEquals(Optional.of("4"), disk(text, "a", "disk-timeout"));
        assertEquals(Optional.of("9"), disk(text, "b", "disk-timeout"));
    }

    @Test
    void peer_device_options_of_a_connection_against_those_of_the_resource_are_ambiguous() {
        String text = resource("""
                disk { resync-rate 1M; }
                connection { host a; host b; disk { resync-rate 3M; } }""");

        assertEquals(List.of(AMBIGUOUS), Texts.codes(text));
    }

    @Test
    void a_volume_of_a_connection_overrides_everything_around_it() throws Exception {
        String text = "common { disk { resync-rate 1M; } }\n" + resource("""
                connection { host a; host b; disk { c-min-rate 4M; } volume 0 { disk { resync-rate 3M; c-min-rate 3M; } } }""");

        assertEquals(Optional.of("3M"), peerDevice(text, "a", "resync-rate"));
        assertEquals(Optional.of("3M"), peerDevice(text, "a", "c-min-rate"));
    }

    @Test
    void both_hosts_feed_the_peer_device() throws Exception {
        String text = """
                resource r0 {
                  volume 0 { device minor 0; disk /dev/d0; meta-disk internal; }
                  on a { node-id 0; address 10.0.0.1:7788; %s }
                  on b { node-id 1; address 10.0.0.2:7788; volume 0 { disk { resync-rate 3M; } } }
                }
                """;

        assertEquals(Optional.of("3M"), peerDevice(text.formatted(""), "a", "resync-rate"));
        assertEquals(List.of(AMBIGUOUS), Texts.codes(text.formatted("volume 0 { disk { resync-rate 2M; } }")));
    }

    @Test
    void values_are_compared_after_conversion_of_units() {
        String text = "common { disk { resync-rate 1M; } }\n"
                + resource("connection { host a; host b; disk { resync-rate 1024k; } }");

        assertEquals(List.of(), Texts.codes(text));
    }

    @Test
    void an_option_given_twice_with_different_values_is_ambiguous_where_it_is_inherited_further() {
        assertEquals(List.of(AMBIGUOUS), Texts.codes(resource("net { ping-int 3; ping-int 4; }")));
    }

    @Test
    void an_option_given_twice_in_a_connection_is_passed_on_twice() throws Exception {
        String text = resource("connection { host a; host b; net { ping-int 3; ping-int 4; } }");

        assertEquals(
                List.of("bsrsetup new-peer r0 1 --_name=b --peer-node-name=b --ping-int=3 --ping-int=4"),
                Texts.up(text, "new-peer"));
        assertEquals(Optional.of("4"), net(text, "ping-int"));
    }

    @Test
    void node_options_come_from_common_the_resource_and_the_host() throws Exception {
        String text = """
                common { options { svc-auto-up no; } }
                resource r0 {
                  options { svc-auto-down no; }
                  volume 0 { device minor 0; disk /dev/d0; meta-disk internal; }
                  on a { node-id 0; address 10.0.0.1:7788; options { target-only yes; svc-auto-up yes; } }
                  on b { node-id 1; address 10.0.0.2:7788; }
                }
                """;

        assertEquals(
                List.of("bsrsetup node-options r0 --set-defaults --svc-auto-down=no --target-only=yes --svc-auto-up=yes"
                        + " --node-name=a"),
                Texts.up(text, "node-options"));
    }

    @Test
    void inherited_options_stand_in_reverse_order_before_the_own_ones() throws Exception {
        String text = resource("""
                net { protocol C; cram-hmac-alg sha1; shared-secret s; }
                connection { host a; host b; net { timeout 50; ping-int 4; } }""");

        assertEquals(
                List.of("bsrsetup new-peer r0 1 --_name=b --peer-node-name=b --shared-secret=s --cram-hmac-alg=sha1"
                        + " --protocol=C --timeout=50 --ping-int=4"),
                Texts.up(text, "new-peer"));
    }
}
