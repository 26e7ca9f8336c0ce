package io.bsr.engine;

import io.bsr.base.port.Endpoint;
import io.bsr.control.EngineFiles;
import io.bsr.loop.LoopKind;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How to run the engine.
 *
 * @param root every path hangs off it
 * @param node name of this node
 * @param loops number of event loops, 1 … 64
 * @param nbdListen where NBD clients are taken beside the Unix socket of the node
 * @param logToStandardError as well as to the file
 * @param handlerProgram is run as {@code PROGRAM HANDLER RESOURCE}
 */
public record EngineOptions(
        Path root,
        String node,
        LoopKind loop,
        int loops,
        List<Endpoint> nbdListen,
        boolean logToStandardError,
        String handlerProgram) {
    static final int MOST_LOOPS = 64;
    private static final int DEFAULT_MOST_LOOPS = 4;
    private static final int NBD_PORT = 10809;

    /** With the usual program for handlers. */
    public EngineOptions(
            Path root, String node, LoopKind loop, int loops, List<Endpoint> nbdListen, boolean logToStandardError) {
        this(root, node, loop, loops, nbdListen, logToStandardError, ProductFiles.bsradm());
    }

    /** What the command line asks for. */
    sealed interface Wish {
        record Run(EngineOptions options) implements Wish {}

        record Info(EngineOptions options) implements Wish {}

        record Help() implements Wish {}
    }

    static final String HELP = """
            usage: bsrd [OPTION]...

            The engine of this node: replicates the resources that bsradm sets up, until SIGTERM or SIGINT.

              --root DIR           folder that stands for / in every path of the engine (default: BSR_ROOT, else /)
              --node NAME          name of this node (default: __BSR_NODE__, else the host's name)
              --loop KIND          auto, uring or portable (default: auto: io_uring where the system allows it)
              --loops N            number of event loops, 1 to 64 (default: one for two processors, at most 4)
              --nbd-listen ADDR    take NBD clients at ADDR:PORT, [ADDR]:PORT or unix:PATH as well; may be repeated.
                                   Without it only at ROOT/run/bsr/nbd.sock. Volumes of the N-th event loop are at
                                   nbd-N.sock and PORT+N; `bsrsetup` and `bsrd --info` name them
              --usermode-helper PATH
                                   program that is run for handlers, as PATH HANDLER RESOURCE (default: the bsradm
                                   beside bsrd). Handlers are off until ROOT/etc/bsr.d/.handler_use says 1
              --quiet              log to ROOT/var/log/bsr/bsr.log only, not to standard error
              --foreground         stay in the foreground (always so)
              --info               say what this engine is and what it would run on, and exit
              --help               this text
            """;

    /** The default number of event loops on a machine with {@code processors}. */
    static int defaultLoops(int processors) {
        return Math.clamp(processors / 2, 1, DEFAULT_MOST_LOOPS);
    }

    /**
     * Reads a command line.
     *
     * @throws StartException if it asks for something that does not exist
     */
    static Wish parse(List<String> arguments, Map<String, String> environment, String hostName) throws StartException {
        String root = environment.getOrDefault(EngineFiles.ROOT_VARIABLE, "");
        String node = environment.getOrDefault(EngineFiles.NODE_VARIABLE, "");
        LoopKind loop = LoopKind.AUTO;
        int loops = defaultLoops(Runtime.getRuntime().availableProcessors());
        List<Endpoint> nbd = new ArrayList<>();
        String helper = ProductFiles.bsradm();
        boolean quiet = false;
        boolean info = false;
        ArrayDeque<String> left = new ArrayDeque<>(arguments);
        while (!left.isEmpty()) {
            String word = left.pop();
            int equals = word.startsWith("--") ? word.indexOf('=') : -1;
            String name = equals < 0 ? word : word.substring(0, equals);
            if (equals >= 0) {
                left.push(word.substring(equals + 1));
            }
            switch (name) {
                case "--root" -> root = value(name, left);
                case "--node" -> node = value(name, left);
                case "--loop" -> loop = kind(value(name, left));
                case "--loops" -> loops = count(value(name, left));
                case "--nbd-listen" -> nbd.add(address(value(name, left)));
                case "--usermode-helper" -> helper = value(name, left);
                case "--quiet" -> quiet = true;
                case "--foreground" -> {}
                case "--info" -> info = true;
                case "--help", "-h" -> {
                    return new Wish.Help();
                }
                default ->
                    throw new StartException(
                            "bsrd has no option \"" + word + "\". \"bsrd --help\" names those it has.");
            }
            if (equals >= 0 && (name.equals("--quiet") || name.equals("--info") || name.equals("--foreground"))) {
                throw new StartException("Option " + name + " takes no value.");
            }
        }
        EngineOptions options = new EngineOptions(
                path(root.isEmpty() ? "/" : root),
                nodeName(node.isEmpty() ? hostName : node),
                loop,
                loops,
                List.copyOf(nbd),
                !quiet,
                helper);
        return info ? new Wish.Info(options) : new Wish.Run(options);
    }

    private static String value(String name, ArrayDeque<String> left) throws StartException {
        String value = left.poll();
        if (value == null || value.isEmpty()) {
            throw new StartException("Option " + name + " needs a value.");
        }
        return value;
    }

    private static LoopKind kind(String text) throws StartException {
        for (LoopKind kind : LoopKind.values()) {
            if (kind.name().toLowerCase(Locale.ROOT).equals(text)) {
                return kind;
            }
        }
        throw new StartException("Option --loop: \"" + text + "\" is none of auto, uring, portable.");
    }

    private static int count(String text) throws StartException {
        if (text.matches("[0-9]{1,2}")) {
            int count = Integer.parseInt(text);
            if (count >= 1 && count <= MOST_LOOPS) {
                return count;
            }
        }
        throw new StartException("Option --loops: \"" + text + "\" is not a number from 1 to " + MOST_LOOPS + ".");
    }

    private static Path path(String text) throws StartException {
        try {
            return Path.of(text).toAbsolutePath().normalize();
        } catch (InvalidPathException e) {
            throw new StartException("Option --root: \"" + text + "\" is no path: " + e.getReason() + ".", e);
        }
    }

    private static String nodeName(String text) throws StartException {
        if (text.length() > 63 || text.chars().anyMatch(c -> c <= ' ' || c == '/' || c == 0x7f)) {
            throw new StartException("\"" + text
                    + "\" cannot be the name of a node: it has 1 to 63 characters without blanks and slashes."
                    + " Name it with --node.");
        }
        return text;
    }

    private static Endpoint address(String text) throws StartException {
        if (text.startsWith("unix:")) {
            return Endpoint.unix(Path.of(text.substring(5)).toAbsolutePath().toString());
        }
        String host = text;
        String port = Integer.toString(NBD_PORT);
        if (text.startsWith("[")) {
            int end = text.indexOf(']');
            if (end > 0) {
                host = text.substring(1, end);
                String rest = text.substring(end + 1);
                port = rest.startsWith(":") ? rest.substring(1) : rest.isEmpty() ? port : "?";
            }
        } else if (text.indexOf(':') >= 0) {
            host = text.substring(0, text.indexOf(':'));
            port = text.substring(text.indexOf(':') + 1);
        }
        if (!port.matches("[0-9]{1,5}") || Integer.parseInt(port) < 1 || Integer.parseInt(port) > 65535) {
            throw new StartException("Option --nbd-listen: \"" + text
                    + "\" is not an address: write 127.0.0.1:10809, [::1]:10809 or unix:/path.");
        }
        int number = Integer.parseInt(port);
        return host.indexOf(':') >= 0 ? Endpoint.ipv6(host, number) : Endpoint.ipv4(host, number);
    }
}
