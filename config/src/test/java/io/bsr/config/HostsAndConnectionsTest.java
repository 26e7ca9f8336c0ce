package io.bsr.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.bsr.config.file.MemoryFiles;
import io.bsr.config.model.NodeIdentity;
import io.bsr.config.model.NodeView;
import io.bsr.config.model.ResourceView;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules of the configuration-language reference, sections 6 and 7. */
class HostsAndConnectionsTest {
    private static String resource(String content) {
        return "resource r0 {\n" + content + "\n}\n";
    }

    private static String twoHosts(String content) {
        return resource(Texts.TWO_HOSTS + content);
    }

    private static String hosts(String a, String b) {
        return resource("volume 0 { device minor 0; disk /dev/d0; meta-disk internal; }\n on a { node-id 0; " + a
                + " }\n on b { node-id 1; " + b + " }");
    }

    @Test
    void two_hosts_without_a_connection_are_connected() throws Exception {
        assertEquals(
                List.of("bsrsetup new-path r0 1 ipv4:10.0.0.1:7788 ipv4:10.0.0.2:7788 0"),
                Texts.up(twoHosts(""), "new-path"));
    }

    @Test
    void three_hosts_without_a_connection_are_a_warning_and_no_connection() throws Exception {
        String text = twoHosts("on c { node-id 2; address 10.0.0.3:7788; }");

        assertEquals(List.of("W706"), Texts.codes(text));
        assertEquals(List.of(), Texts.view(text).peers());
    }

    @Test
    void a_mesh_connects_every_pair_in_the_order_of_the_list() throws Exception {
        ResourceView view = Texts.view(resource(Texts.THREE_HOSTS), "b");

        assertEquals(
                List.of("a", "c"),
                view.peers().stream().map(peer -> peer.name()).toList());
    }

    @Test
    void a_mesh_with_one_host_connects_nothing() throws Exception {
        assertEquals(
                List.of(), Texts.view(twoHosts("connection-mesh { hosts a; }")).peers());
    }

    @Test
    void every_path_becomes_a_call_in_the_order_of_the_file() throws Exception {
        String text = twoHosts("""
                connection {
                  path { host a address 1.1.1.1:11; host b address 1.1.1.2:12; }
                  path { host b port 4; host a port 3; }
                }""");

        assertEquals(
                List.of(
                        "bsrsetup new-path r0 1 ipv4:1.1.1.1:11 ipv4:1.1.1.2:12 0",
                        "bsrsetup new-path r0 1 ipv4:10.0.0.1:3 ipv4:10.0.0.2:4 0"),
                Texts.up(text, "new-path"));
    }

    @Test
    void hosts_need_no_address_if_every_endpoint_brings_one() throws Exception {
        String text = hosts("", "").replaceFirst("}\n$", """
                connection { host a address 1.1.1.1:11; host b address 1.1.1.2:12; }
                }
                """);

        assertEquals(List.of(), Texts.codes(text));
    }

    @Test
    void peers_connect_to_the_public_address_and_the_host_binds_to_its_own() throws Exception {
        String text = hosts("address 10.0.0.1:7788;", "address 10.0.0.2:7788; public-address 1.2.3.4:77;");

        assertEquals(
                List.of("bsrsetup new-path r0 1 ipv4:10.0.0.1:7788 ipv4:1.2.3.4:77 0"), Texts.up(text, "new-path"));
        assertEquals(
                "ipv4:10.0.0.2:7788",
                Texts.view(text, "b")
                        .peers()
                        .getFirst()
                        .paths()
                        .getFirst()
                        .local()
                        .argument());
    }

    @Test
    void with_accelerators_on_both_sides_a_node_connects_to_its_own() throws Exception {
        String text = hosts(
                "address 10.0.0.1:7788; proxy on a { inside 10.0.0.1:99; outside 10.0.0.1:100; }",
                "address 10.0.0.2:7788; proxy on b { inside 10.0.0.2:99; outside 10.0.0.2:100; }");

        assertEquals(
                List.of("bsrsetup new-path r0 1 ipv4:10.0.0.1:7788 ipv4:10.0.0.1:99 0"), Texts.up(text, "new-path"));
    }

    @Test
    void a_group_is_represented_by_the_local_member_and_named_towards_peers() throws Exception {
        String text = resource("""
                volume 0 { device minor 0; disk /dev/d0; meta-disk internal; }
                on a1 { node-id 0; group site; address 10.0.0.1:7788; }
                on a2 { node-id 0; group site; address 10.0.0.1:7788; }
                on b { node-id 1; address 10.0.0.2:7788; }
                connection { group site; host b; }""");

        assertEquals(
                List.of("--_name=site", "--peer-node-name=site", "--peer-node-group=site"),
                Texts.view(text, "b").peers().getFirst().net().arguments());
        assertEquals("b", Texts.view(text, "a2").peers().getFirst().name());
        assertEquals(
                List.of("--node-name=a2", "--group=site"),
                Texts.view(text, "a2").nodeOptions().arguments());
    }

    @Test
    void two_groups_without_a_connection_are_connected() throws Exception {
        String text = resource("""
                volume 0 { device minor 0; disk /dev/d0; meta-disk internal; }
                on a1 { node-id 0; group g; address 10.0.0.1:7788; }
                on a2 { node-id 0; group g; address 10.0.0.1:7788; }
                on b1 { node-id 1; group h; address 10.0.0.2:7788; }
                on b2 { node-id 1; group h; address 10.0.0.2:7788; }""");

        assertEquals(
                List.of("h"),
                Texts.view(text, "a2").peers().stream().map(p -> p.name()).toList());
    }

    @Test
    void members_of_a_group_share_their_address() {
        String text = resource("""
                volume 0 { device minor 0; disk /dev/d0; meta-disk internal; }
                on a1 { node-id 0; group g; address 10.0.0.1:7788; }
                on a2 { node-id 0; group g; address 10.0.0.9:7788; }
                on b { node-id 1; address 10.0.0.2:7788; }""");

        assertEquals(List.of("C705"), Texts.codes(text));
    }

    @Test
    void host_names_match_in_any_case_and_short_or_full() throws Exception {
        for (String name : List.of("A", "a", "a.example.org")) {
            assertEquals(0, Texts.view(twoHosts(""), name).self().nodeId(), name);
        }
        NodeView other = Texts.read(twoHosts("")).orThrow().viewOf(NodeIdentity.named("ab"));
        assertEquals(List.of("r0"), other.ignored());
    }

    @Test
    void a_floating_host_matches_a_local_address() throws Exception {
        String text = resource("""
                volume 0 { device minor 0; disk /dev/d0; meta-disk internal; }
                floating 10.0.0.1:7788 { node-id 0; }
                floating ipv6 [fd00::2]:7788 { node-id 1; }""");
        NodeIdentity node = new NodeIdentity("whatever", "fd00::2"::equals);

        ResourceView view = Texts.read(text).orThrow().viewOf(node).resources().getFirst();

        assertEquals(1, view.self().nodeId());
        assertEquals("ipv6 [fd00::2]:7788", view.self().name());
    }

    @ParameterizedTest
    @ValueSource(strings = {"fd00::2", "::1", "::ffff:10.0.0.1", "1:2:3:4:5:6:7:8", "fd00::", "fe80::1%eth0"})
    void ipv6_addresses_have_many_forms(String address) throws Exception {
        String text = resource("""
                volume 0 { device minor 0; disk /dev/d0; meta-disk internal; }
                on a { node-id 0; address ipv6 [%s]:7788; }
                on b { node-id 1; address ipv6 [fd00::9]:7788; }""".formatted(address));

        assertEquals("b", Texts.view(text).peers().getFirst().name());
    }

    @Test
    void several_names_of_a_host_are_joined() throws Exception {
        String text = resource("""
                volume 0 { device minor 0; disk /dev/d0; meta-disk internal; }
                on a { node-id 0; address 10.0.0.1:7788; }
                on b1 b2 { node-id 1; address 10.0.0.2:7788; }""");

        assertEquals("b1_b2", Texts.view(text).peers().getFirst().name());
        assertEquals(1, Texts.view(text, "b2").self().nodeId());
    }

    @Test
    void two_sections_for_this_node_are_an_error() {
        assertEquals(
                List.of("C702"),
                Texts.codes(Texts.read(
                        twoHosts("on a.x { node-id 2; address 10.0.0.3:7788; } connection-mesh { hosts a b a.x; }"),
                        "a")));
    }

    @Test
    void a_volume_with_disk_none_is_created_diskless_and_not_attached() throws Exception {
        String text = hosts("address 10.0.0.1:7788; volume 0 { disk none; }", "address 10.0.0.2:7788;");

        assertEquals(List.of("bsrsetup new-minor r0 0 0 --diskless"), Texts.up(text, "new-minor"));
        assertEquals(List.of(), Texts.up(text, "attach"));
    }

    @Test
    void missing_pieces_of_a_volume_come_from_the_resource() throws Exception {
        String text = hosts("address 10.0.0.1:7788; volume 0 { meta-disk /dev/m [3]; }", "address 10.0.0.2:7788;");

        assertEquals(List.of("bsrsetup attach 0 /dev/d0 /dev/m 3"), Texts.up(text, "setup attach"));
    }

    @Test
    void metadata_in_a_file_is_passed_with_its_loop_device() throws Exception {
        String text = hosts(
                "address 10.0.0.1:7788; volume 0 { meta-disk /dev/loop3 /img/r0_meta; }", "address 10.0.0.2:7788;");

        assertEquals(
                List.of(
                        "bsrmeta 0 v09 /dev/loop3 /img/r0_meta apply-al",
                        "bsrsetup attach 0 /dev/d0 /dev/loop3 /img/r0_meta"),
                Texts.up(text, "/img/"));
    }

    @Test
    void drive_letters_count_from_c() throws Exception {
        String text = resource("""
                on-windows a { node-id 0; address 10.0.0.1:7788; volume 0 { disk e; meta-disk "\\\\\\\\?\\\\Volume{1}"; } }
                on b { node-id 1; address 10.0.0.2:7788; volume 0 { device minor 2; disk /dev/d0; meta-disk internal; } }""");

        assertEquals(2, Texts.view(text).volumes().iterator().next().minor());
        assertEquals(
                List.of("bsrsetup attach 2 e \\\\\\\\\\\\\\\\\\?\\\\\\\\Volume\\{1\\} flexible"),
                Texts.up(text, "setup attach"));
    }

    @Test
    void resync_after_becomes_the_minor_of_that_volume() throws Exception {
        String two = """
                resource r1 { volume 0 { device minor 7; disk /dev/x; meta-disk internal; }
                  volume 1 { device minor 8; disk /dev/y; meta-disk internal; }
                  on a { node-id 0; address 10.0.0.1:7789; } on b { node-id 1; address 10.0.0.2:7789; } }
                """;

        assertEquals(
                List.of("bsrsetup attach 0 /dev/d0 /dev/d0 internal --resync-after=8"),
                Texts.up(twoHosts("disk { resync-after r1/1; }") + two, "setup attach 0"));
        assertEquals(List.of("C602"), Texts.codes(twoHosts("disk { resync-after r1; }") + two));
        assertEquals(List.of("C602"), Texts.codes(twoHosts("disk { resync-after nobody; }")));
    }

    @Test
    void what_a_resource_needs_is_demanded() {
        assertEquals(List.of("C507"), Texts.codes(resource("volume 0 { device minor 0; }")));
        assertEquals(
                List.of("C501", "C502", "C503", "C501", "C502", "C503"), Texts.codes(resource("on a { } on b { }")));
        String host = "on a { node-id 0; address 10.0.0.1:7788; ";
        String other = "} on b { node-id 1; address 10.0.0.2:7788; volume 0 { device minor 0; } }";
        assertEquals(
                List.of("C504"),
                Texts.codes(resource(host + "volume 0 { disk /dev/x; meta-disk internal; } " + other)));
        assertEquals(
                List.of("C505"),
                Texts.codes(resource(host + "volume 0 { device minor 0; meta-disk internal; } " + other)));
        assertEquals(
                List.of("C506"), Texts.codes(resource(host + "volume 0 { device minor 0; disk /dev/x; } " + other)));
        assertEquals(List.of("C508"), Texts.codes(resource(host + "volume 1 { device minor 0; } " + other)));
    }

    @Test
    void what_must_be_unique_is_checked_over_all_resources() {
        String r1 = "resource r1 { volume 0 { device minor %s; disk %s; meta-disk internal; }"
                + " on a { node-id 0; address 10.0.0.1:%s; } on x { node-id 1; address 10.0.0.9:7789; } }";

        assertEquals(List.of("C402"), Texts.codes(twoHosts("") + r1.formatted("0", "/dev/z", "7789")));
        assertEquals(List.of("C403"), Texts.codes(twoHosts("") + r1.formatted("1", "/dev/d0", "7789")));
        assertEquals(List.of("C404"), Texts.codes(twoHosts("") + r1.formatted("1", "/dev/z", "7788")));
        assertEquals(
                List.of(),
                Texts.codes(
                        "global { disable-ip-verification; }" + twoHosts("") + r1.formatted("1", "/dev/z", "7788")));
        assertEquals(
                List.of("C405"),
                Texts.codes(twoHosts("on c { node-id 1; address 10.0.0.3:1; } connection-mesh { hosts a b c; }")));
    }

    @Test
    void endpoints_have_to_make_sense() {
        assertEquals(List.of("C701"), Texts.codes(twoHosts("connection { host a; host zz; }")));
        assertEquals(List.of("C701"), Texts.codes(twoHosts("connection-mesh { hosts a bb; }")));
        assertEquals(List.of("C703"), Texts.codes(twoHosts("connection { host a; }")));
        assertEquals(List.of("C703"), Texts.codes(twoHosts("connection { host a; host b; host a; }")));
        assertEquals(List.of("C703"), Texts.codes(twoHosts("connection { net { } }")));
        assertEquals(List.of("C704"), Texts.codes(twoHosts("connection { host a; host a; }")));
        assertEquals(List.of("C708"), Texts.codes(twoHosts("connection { path { host a; host b; } host a; host b; }")));
    }

    @Test
    void stacked_resources_are_refused() {
        assertEquals(
                List.of("C204"), Texts.codes(twoHosts("stacked-on-top-of r1 { device minor 3; address 10.0.0.1:9; }")));
    }

    @Test
    void the_configuration_can_give_the_node_its_name_unless_the_environment_does() throws Exception {
        MemoryFiles files = new MemoryFiles().with("/f", "global { hostname b; }\n" + twoHosts(""));
        ConfigReader reader = new ConfigReader(files);
        NodeIdentity system = NodeIdentity.named("uname");

        ReadResult bySystem = reader.read("/f", ReadOptions.forSystem(system));
        ReadResult byEnvironment = reader.read("/f", ReadOptions.forNode(NodeIdentity.named("a")));

        assertEquals(1, bySystem.view().resources().getFirst().self().nodeId());
        assertEquals(0, byEnvironment.view().resources().getFirst().self().nodeId());
    }
}
