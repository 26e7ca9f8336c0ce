package io.bsr.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.bsr.config.file.MemoryFiles;
import io.bsr.config.model.NodeIdentity;
import io.bsr.config.plan.UpPlan;
import java.util.List;
import org.junit.jupiter.api.Test;

class ObservedConfigurationsTest {
    private static final String TWO_NODES = """
            resource r0 {
             net { protocol C; cram-hmac-alg sha1; shared-secret bsrsecret; }
             options {  }
             disk {  }
             volume 0 { device /dev/bsr0 minor 0; disk /dev/vdb; meta-disk internal; }
             on n1 { address 10.9.0.1:7788; node-id 0; }
             on n2 { address 10.9.0.2:7788; node-id 1; }
             connection-mesh { hosts n1 n2 ; }
            }
            """;

    @Test
    void up_gives_the_lines_of_the_original() throws Exception {
        var view = read(TWO_NODES, "n1");

        List<String> lines =
                UpPlan.of(view.viewOf(NodeIdentity.named("n1")).resources()).shellLines();

        assertEquals("""
                bsrsetup new-resource r0 0
                bsrsetup node-options r0 --set-defaults --node-name=n1
                bsrsetup new-minor r0 0 0
                bsrsetup new-peer r0 1 --_name=n2 --peer-node-name=n2 --shared-secret=bsrsecret --cram-hmac-alg=sha1 --protocol=C
                bsrsetup new-path r0 1 ipv4:10.9.0.1:7788 ipv4:10.9.0.2:7788 0
                bsrmeta 0 v09 /dev/vdb internal apply-al
                bsrsetup attach 0 /dev/vdb /dev/vdb internal
                bsrsetup apply-persist-role r0
                bsrsetup connect r0 1""", String.join("\n", lines));
    }

    private static Configuration read(String text, String node) throws Exception {
        MemoryFiles files = new MemoryFiles().with("/etc/bsr.conf", text);
        return new ConfigReader(files)
                .read("/etc/bsr.conf", ReadOptions.forNode(NodeIdentity.named(node)))
                .orThrow();
    }
}
