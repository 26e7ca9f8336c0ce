package io.bsr.dist;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code crm-fence-peer.sh} with the real tools of Pacemaker: they read and write the cluster's information base in a file,
 * and what they think of the nodes comes from its status section. This node is alpha, and its data are up to date unless a
 * test says otherwise.
 */
@Timeout(120)
class PacemakerFencingTest {
    private static final String ID = "bsr-fence-by-handler-r0-ms_r0";
    private static final String MEMBER = "in_ccm=\"true\" crmd=\"online\" join=\"member\" expected=\"member\"";
    private static final String LEFT = "in_ccm=\"false\" crmd=\"offline\" join=\"down\" expected=\"down\"";
    private static final String LOST = "in_ccm=\"false\" crmd=\"offline\" join=\"member\" expected=\"member\"";
    private static final String ALPHA = "0x00000001";
    private static final String ALPHA_AND_GAMMA = "0x00000005";
    private static final String ALL = "0x00000007";
    private static final String BETA = "0x00000002";

    @TempDir
    private Path folder = Path.of("/");

    /** A cluster in which beta has this state. */
    private HandlerRun cluster(String beta) throws IOException, InterruptedException {
        HandlerRun handler = new HandlerRun(folder);
        Map<String, String> tools = Pacemaker.environment();
        tools.forEach(handler::with);
        handler.with(
                "PATH",
                folder.resolve("bin") + ":" + tools.getOrDefault("PATH", "/nowhere") + ":"
                        + System.getenv().getOrDefault("PATH", "/usr/bin:/bin"));
        handler.with("CIB_file", folder.resolve("cib.xml").toString());
        handler.with("BSR_RESOURCE", "r0").with("BSR_MY_NODE_ID", "0").with("BSR_PEER_NODE_ID", "1");
        handler.with("BSR_NODE_ID_0", "alpha").with("BSR_NODE_ID_1", "beta");
        handler.with("UP_TO_DATE_NODES", ALPHA);
        // It asks a running cluster, which a file is not.
        handler.tool("crm_node", "echo alpha\n");
        handler.state("cib.xml", base(beta, "true", ""));
        return handler;
    }

    private static String base(String beta, String stonith, String operations) throws IOException {
        return Files.readString(Host.SOURCES.resolve("dist/src/test/resources/cluster.xml"))
                .replace("@BETA@", beta)
                .replace("@STONITH@", stonith)
                .replace("@OPERATIONS@", operations);
    }

    /** The cluster has promoted the resource on beta. */
    private static String promotedOnBeta() throws IOException {
        return base(MEMBER, "true", """
                <lrm id="2"><lrm_resources><lrm_resource id="p_r0" class="ocf" provider="example" type="bsr">
                  <lrm_rsc_op id="p_r0_last_0" operation_key="p_r0_promote_0" operation="promote" crm_feature_set="3.0.14"
                    transition-key="1:1:0:11111111-1111-1111-1111-111111111111"
                    transition-magic="0:0;1:1:0:11111111-1111-1111-1111-111111111111" call-id="10" rc-code="0" op-status="0"
                    interval="0" op-digest="x"/>
                </lrm_resource></lrm_resources></lrm>
                """);
    }

    /** A constraint with our name that lets this host be promoted. */
    private static void placedFor(HandlerRun handler, String host) throws IOException, InterruptedException {
        String constraint = "<rsc_location rsc=\"ms_r0\" id=\"" + ID
                + "\"><rule role=\"Master\" score=\"-INFINITY\" id=\"r\"><expression attribute=\"#uname\""
                + " operation=\"ne\" value=\"" + host + "\" id=\"e\"/></rule></rsc_location>";
        handler.program(List.of("cibadmin", "-C", "-o", "constraints", "-X", constraint))
                .must();
    }

    private static int fence(HandlerRun handler, String... options) throws IOException, InterruptedException {
        return handler.run("crm-fence-peer.sh", options).code();
    }

    /** Who may be promoted by our constraint; empty if there is none. */
    private static String allowed(HandlerRun handler) throws IOException {
        String cib = handler.read("cib.xml");
        assertTrue(cib.contains("id=\"mine\""), "somebody else's constraint is gone");
        int from = cib.indexOf("id=\"" + ID + "\"");
        return from < 0
                ? ""
                : cib.substring(from, cib.indexOf("</rsc_location>", from))
                        .lines()
                        .filter(line -> line.contains("operation=\"ne\""))
                        .map(line -> line.replaceAll(".* value=\"([^\"]*)\".*", "$1"))
                        .collect(Collectors.joining(" "));
    }

    @Test
    void a_member_is_kept_from_being_promoted() throws Exception {
        HandlerRun handler = cluster(MEMBER);

        assertEquals(4, fence(handler));

        assertEquals("alpha", allowed(handler));
        handler.program(List.of("crm_verify", "-x", folder.resolve("cib.xml").toString()))
                .must();
        String placed = handler.read("cib.xml");
        assertTrue(placed.contains("rsc=\"ms_r0\" id=\"" + ID), placed);
        assertTrue(placed.contains("score=\"-INFINITY\""), placed);
        assertEquals(4, handler.run("crm-fence-peer.9.sh").code(), "once more is the same");
        assertEquals("alpha", allowed(handler));
    }

    @Test
    void a_peer_that_has_left_the_cluster_is_down() throws Exception {
        HandlerRun handler = cluster(LEFT);

        assertEquals(5, fence(handler));

        assertEquals("alpha", allowed(handler));
    }

    @Test
    void a_lost_peer_is_waited_for_until_it_is_shot() throws Exception {
        HandlerRun handler = cluster(LOST);
        handler.state("shot.xml", base(LEFT, "true", ""));
        handler.tool("crm_mon", """
                echo >>looks
                if [ $(wc -l <looks) -gt 2 ] && [ -e shot.xml ]; then mv shot.xml cib.xml; fi
                PATH=${PATH#*:} exec crm_mon "$@"
                """);

        assertEquals(7, fence(handler, "--timeout=60"));

        assertEquals("alpha", allowed(handler));
        assertFalse(Files.exists(folder.resolve("shot.xml")));
    }

    @Test
    void a_lost_peer_of_which_nobody_makes_sure_is_undecided_unless_the_administrator_says_what_that_means()
            throws Exception {
        HandlerRun handler = cluster(LOST);

        assertEquals(1, fence(handler, "--timeout", "1"));
        assertEquals("", allowed(handler));

        assertEquals(5, fence(handler, "-t", "1", "--unreachable-peer-is=outdated"));
        assertEquals("alpha", allowed(handler));
    }

    @Test
    void who_does_not_know_whether_it_has_the_newest_data_fences_no_member() throws Exception {
        HandlerRun handler = cluster(MEMBER).with("UP_TO_DATE_NODES", BETA);

        assertEquals(1, fence(handler));
        assertEquals("", allowed(handler));

        handler.without("UP_TO_DATE_NODES").tool("bsradm", "cat disks\n");
        handler.state("disks", "UpToDate/DUnknown\nConsistent/DUnknown\n");
        assertEquals(1, fence(handler));
        assertEquals("", allowed(handler));

        handler.state("disks", "UpToDate/DUnknown\nUpToDate/DUnknown\n");
        assertEquals(4, fence(handler));
    }

    @Test
    void whose_data_may_be_old_takes_a_peer_for_down_only_where_the_cluster_shoots() throws Exception {
        HandlerRun handler = cluster(LEFT).with("UP_TO_DATE_NODES", BETA);
        handler.state("cib.xml", base(LEFT, "false", ""));

        assertEquals(5, fence(handler), "which is nothing to the engine of such a node");
        assertEquals("", allowed(handler));

        handler.state("cib.xml", base(LEFT, "true", ""));
        assertEquals(7, fence(handler));
        assertEquals("alpha", allowed(handler));
    }

    @Test
    void a_promoted_peer_with_newer_data_is_told() throws Exception {
        HandlerRun handler = cluster(MEMBER).with("UP_TO_DATE_NODES", BETA);
        handler.state("cib.xml", promotedOnBeta());

        assertEquals(6, fence(handler));

        assertEquals("", allowed(handler));
    }

    @Test
    void of_two_that_fence_each_other_the_second_one_loses() throws Exception {
        HandlerRun handler = cluster(MEMBER);
        placedFor(handler, "beta");

        assertEquals(1, fence(handler));
        assertEquals("beta", allowed(handler));

        handler.state("cib.xml", promotedOnBeta());
        placedFor(handler, "beta");
        assertEquals(6, fence(handler));
        assertEquals("beta", allowed(handler));
    }

    @Test
    void a_third_node_with_good_data_may_be_promoted_until_it_is_lost_as_well() throws Exception {
        HandlerRun handler = cluster(MEMBER).with("BSR_NODE_ID_2", "gamma").with("UP_TO_DATE_NODES", ALPHA_AND_GAMMA);

        assertEquals(4, fence(handler));
        assertEquals("alpha gamma", allowed(handler));

        assertEquals(4, fence(handler.with("BSR_PEER_NODE_ID", "2").with("UP_TO_DATE_NODES", ALPHA)));
        assertEquals("alpha", allowed(handler));

        assertEquals(0, handler.run("crm-unfence-peer.sh").code());
        assertEquals("alpha gamma", allowed(handler), "beta has not caught up");

        handler.with("BSR_PEER_NODE_ID", "1").with("UP_TO_DATE_NODES", ALL);
        assertEquals(0, handler.run("crm-unfence-peer.9.sh").code());
        assertEquals("", allowed(handler));
    }

    @Test
    void the_constraint_of_another_node_and_those_of_others_stay() throws Exception {
        HandlerRun handler = cluster(MEMBER);
        assertEquals(0, handler.run("crm-unfence-peer.sh").code(), "nothing to do");
        placedFor(handler, "beta");

        assertEquals(0, handler.run("crm-unfence-peer.sh").code());

        assertEquals("beta", allowed(handler));
    }

    @Test
    void a_part_without_quorum_or_without_a_coordinator_forbids_nothing() throws Exception {
        HandlerRun handler = cluster(MEMBER);
        String whole = handler.read("cib.xml");

        handler.state("cib.xml", whole.replace("have-quorum=\"1\"", "have-quorum=\"0\""));
        assertEquals(1, fence(handler));
        assertEquals("", allowed(handler));

        handler.state("cib.xml", whole.replace("dc-uuid=\"1\"", ""));
        Host.Said said = handler.run("crm-fence-peer.sh", "--dc-timeout", "1");
        assertEquals(1, said.code());
        assertTrue(said.text().contains("no coordinator"), said.text());
    }

    @Test
    void a_resource_that_the_cluster_does_not_have_or_a_host_that_is_no_node_is_undecided() throws Exception {
        HandlerRun handler = cluster(MEMBER);

        Host.Said unknown = handler.with("BSR_RESOURCE", "r").run("crm-fence-peer.sh");
        assertEquals(1, unknown.code());
        assertTrue(unknown.text().contains("0 clones"), unknown.text());

        handler.with("BSR_RESOURCE", "r0").with("BSR_NODE_ID_1", "delta");
        Host.Said stranger = handler.run("crm-fence-peer.sh");
        assertEquals(1, stranger.code());
        assertTrue(stranger.text().contains("delta is no node of this cluster"), stranger.text());

        assertEquals(1, fence(handler.with("BSR_NODE_ID_0", "alpha.example.org")));
        assertEquals("", allowed(handler));
    }

    @Test
    void wrong_use_is_10() throws Exception {
        HandlerRun handler = cluster(MEMBER);

        assertEquals(10, fence(handler, "--frobnicate", "x"));
        assertEquals(10, fence(handler, "--timeout"));
        assertEquals(10, fence(handler, "--timeout", "soon"));
        assertEquals(10, fence(handler.with("BSR_RESOURCE", "r0'\"/>")));
        assertEquals(10, fence(handler.without("BSR_RESOURCE")));

        assertEquals("", allowed(handler));
    }
}
