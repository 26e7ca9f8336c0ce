package io.bsr.control;

import java.nio.file.Path;

/**
 * Where an engine keeps what; every path hangs off one root, so that several engines run side by side on one host.
 *
 * @param root {@code /} for the engine of a host; absolute
 */
public record EngineFiles(Path root) {
    /** Environment variable that names the root if no option does. */
    public static final String ROOT_VARIABLE = "BSR_ROOT";

    /** Environment variable that names this node, in place of the host's name. */
    public static final String NODE_VARIABLE = "__BSR_NODE__";

    public EngineFiles {
        root = root.toAbsolutePath().normalize();
    }

    /** The files below the root that {@link #ROOT_VARIABLE} names, else below {@code /}. */
    public static EngineFiles ofEnvironment() {
        String root = System.getenv(ROOT_VARIABLE);
        return new EngineFiles(Path.of(root == null || root.isEmpty() ? "/" : root));
    }

    /** Sockets and locks, mode 0700. */
    public Path runtimeFolder() {
        return root.resolve("run/bsr");
    }

    public Path controlSocket() {
        return runtimeFolder().resolve("bsrd.sock");
    }

    /** Locked for as long as an engine lives; its text is the engine's process id. */
    public Path lockFile() {
        return runtimeFolder().resolve("bsrd.lock");
    }

    public Path nbdSocket() {
        return runtimeFolder().resolve("nbd.sock");
    }

    public Path logFolder() {
        return root.resolve("var/log/bsr");
    }

    public Path logFile() {
        return logFolder().resolve("bsr.log");
    }

    /** What is remembered across starts. */
    public Path stateFolder() {
        return root.resolve("var/lib/bsr");
    }
}
