package io.bsr.architecture;

import static java.util.Map.entry;

import java.util.Map;
import java.util.Set;

/**
 * Which module may use which, apart from itself and the JDK. A module {@code m} owns the packages below {@code
 * io.bsr.m}.
 *
 * <pre>
 *   base ◄── config   wire   metadata   loop          sim ──► core (nothing points at sim)
 *              ▲        ▲       ▲         ▲
 *              │        └─ core ┘      storage, net    frontend ──► base (implement the ports of base)
 *              │             ▲            ▲               ▲
 *   cli ──► control ◄──── engine ─────────┴───────────────┘        demo ──► control, frontend
 * </pre>
 */
final class Modules {
    /** The only module that may name a logging library: everything else reports through its results and events. */
    static final String LOGGING = "engine";

    /**
     * The modules that run under the simulator's virtual time. What they do depends on what they are told and on nothing
     * else: neither clock nor thread, neither socket nor file, and no randomness of their own.
     */
    static final Set<String> PURE = Set.of("base", "core", "metadata", "wire");

    /** Packages of pure modules that are not: they serve the tools, and nothing pure may use them. */
    static final Set<String> FOR_TOOLS = Set.of("metadata.tool");

    static final Map<String, Set<String>> MAY_USE = Map.ofEntries(
            entry("base", Set.of()),
            entry("config", Set.of("base")),
            entry("wire", Set.of("base")),
            entry("metadata", Set.of("base")),
            entry("loop", Set.of("base")),
            entry("storage", Set.of("base", "loop")),
            entry("net", Set.of("base", "loop")),
            entry("frontend", Set.of("base")),
            entry("attach", Set.of("base", "loop", "frontend")),
            entry("control", Set.of("base")),
            entry("core", Set.of("base", "wire", "metadata")),
            // Everything but the configuration language: the tools parse it, compare and send commands.
            entry(
                    "engine",
                    Set.of(
                            "base",
                            "wire",
                            "metadata",
                            "loop",
                            "storage",
                            "net",
                            "frontend",
                            "attach",
                            "control",
                            "core")),
            // Never core: a tool asks the engine.
            entry("cli", Set.of("base", "config", "control", "metadata")),
            entry("sim", Set.of("base", "wire", "metadata", "core")),
            entry("demo", Set.of("base", "loop", "net", "control", "frontend")),
            // It packs what the others are, and uses none of it.
            entry("dist", Set.of()),
            // Two whole engines in one process, as JMH wants it.
            entry("bench", Set.of("base", "loop", "metadata", "control", "frontend", "engine")));

    private Modules() {}
}
