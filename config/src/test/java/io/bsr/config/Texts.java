package io.bsr.config;

import io.bsr.config.diagnostic.Diagnostic;
import io.bsr.config.file.MemoryFiles;
import io.bsr.config.model.NodeIdentity;
import io.bsr.config.model.ResourceView;
import io.bsr.config.plan.UpPlan;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Reads test configurations. */
final class Texts {
    private Texts() {}

    /** Two hosts with one volume, for resources whose interest lies elsewhere. */
    static final String TWO_HOSTS = """
              volume 0 { device minor 0; disk /dev/d0; meta-disk internal; }
              on a { node-id 0; address 10.0.0.1:7788; }
              on b { node-id 1; address 10.0.0.2:7788; }
            """;

    /** The same with a third host and a mesh. */
    static final String THREE_HOSTS = TWO_HOSTS + """
              on c { node-id 2; address 10.0.0.3:7788; }
              connection-mesh { hosts a b c; }
            """;

    static String resource(String name) throws IOException {
        try (InputStream in = Texts.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException("no test file " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    static ReadResult read(String text, String node) {
        MemoryFiles files = new MemoryFiles().with("/etc/bsr.d/r0.res", text);
        return new ConfigReader(files).read("/etc/bsr.d/r0.res", ReadOptions.forNode(NodeIdentity.named(node)));
    }

    static ReadResult read(String text) {
        return read(text, "a");
    }

    /** The codes of all errors and warnings, in order. */
    static List<String> codes(String text) {
        return read(text).diagnostics().stream()
                .map(diagnostic -> diagnostic.code().code())
                .toList();
    }

    static List<String> codes(ReadResult result) {
        return result.diagnostics().stream()
                .map(Diagnostic::code)
                .map(code -> code.code())
                .toList();
    }

    /** The first resource as a node sees it. */
    static ResourceView view(String text, String node) throws Exception {
        return read(text, node)
                .orThrow()
                .viewOf(NodeIdentity.named(node))
                .resources()
                .getFirst();
    }

    static ResourceView view(String text) throws Exception {
        return view(text, "a");
    }

    /** The lines of {@code up} that contain a word. */
    static List<String> up(String text, String word) throws Exception {
        return UpPlan.of(view(text)).shellLines().stream()
                .filter(line -> line.contains(word))
                .toList();
    }
}
