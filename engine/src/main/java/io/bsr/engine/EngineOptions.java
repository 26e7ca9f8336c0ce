package io.bsr.engine;

import io.bsr.base.port.Endpoint;
import io.bsr.control.EngineFiles;
import io.bsr.control.parameter.Parameter;
import io.bsr.engine.log.EngineLog;
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
 * @param console what goes to standard error beside the file
 * @param parameters {@code NAME=VALUE}, which win over those of {@code etc/default/bsr}
 */
public record EngineOptions(
        Path root,
        String node,
        LoopKind loop,
        int loops,
        List<Endpoint> nbdListen,
        EngineLog.Console console,
        List<String> parameters) {
    static final int MOST_LOOPS = 64;
    private static final int DEFAULT_MOST_LOOPS = 4;
    private static final int NBD_PORT = 10809;

    /** Set by systemd where standard error is the journal. */
    private static final String JOURNAL = "JOURNAL_STREAM";

    /** With the parameters of the root. */
    public EngineOptions(
            Path root, String node, LoopKind loop, int loops, List<Endpoint> nbdListen, boolean logToStandardError) {
        this(root, node, loop, loops, nbdListen, logToStandardError, List.of());
    }

    /** Away from systemd. */
    public EngineOptions(
            Path root,
            String node,
            LoopKind loop,
            int loops,
            List<Endpoint> nbdListen,
            boolean logToStandardError,
            List<String> parameters) {
        this(
                root,
                node,
                loop,
                loops,
                nbdListen,
                logToStandardError ? EngineLog.Console.TERMINAL : EngineLog.Console.NONE,
                parameters);
    }

    /** What the command line asks for. */
    sealed interface Wish {
        record Run(EngineOptions options) implements Wish {}

        record Info(EngineOptions options) implements Wish {}

        /** To change a parameter, {@code NAME=VALUE}, of the engine that runs. */
        record Change(EngineOptions options, String parameter) implements Wish {}

        record Help() implements Wish {}
    }

    private static final String HELP = """
            usage: bsrd [OPTION]...

            The engine of this node: replicates the resources that bsradm sets up, until SIGTERM or SIGINT.

              --root DIR           folder that stands for / in every path of the engine (default: BSR_ROOT, else /)
              --node NAME          name of this node (default: __BSR_NODE__, else the host's name)
              --loop KIND          auto, uring or portable (default: auto: io_uring where the system allows it)
              --loops N            number of event loops, 1 to 64 (default: one for two processors, at most 4)
              --nbd-listen ADDR    take NBD clients at ADDR:PORT, [ADDR]:PORT or unix:PATH as well; may be repeated.
                                   Without it only at ROOT/run/bsr/nbd.sock. Volumes of the N-th event loop are at
                                   nbd-N.sock and PORT+N; `bsrsetup` and `bsrd --info` name them
              --parameter NAME=VALUE
                                   a parameter, see below; may be repeated, and wins over ROOT/etc/default/bsr
              --usermode-helper PATH
                                   the same as --parameter usermode_helper=PATH. Handlers are off until
                                   ROOT/etc/bsr.d/.handler_use says 1
              --quiet              log to ROOT/var/log/bsr/bsr.log only, not to standard error. Where that is the
                                   journal of systemd it gets the lines of the system log (bsrcon /minlog_lv sys)
              --foreground         stay in the foreground (always so)
              --info               say what this engine is, what it would run on and what its parameters are (of the
                                   engine that runs, if one does), and exit
              --set NAME=VALUE     change a parameter of the engine that runs, until it ends, and exit
              --help               this text

            Parameters are written into ADD_MOD_PARAM of ROOT/etc/default/bsr, as in ADD_MOD_PARAM="fault_rate=0":

            """;

    /** The help text: options, then the table of parameters. */
    static String help() {
        StringBuilder text = new StringBuilder(HELP);
        for (Parameter parameter : Parameter.values()) {
            String head = "  " + parameter.shown() + "  " + parameter.taken() + ", default "
                    + (parameter.standard().isEmpty() ? "empty" : parameter.standard()) + "; "
                    + parameter.change().shown();
            text.append(head).append("\n      ").append(parameter.text()).append('\n');
        }
        return text.toString();
    }

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
        List<String> parameters = new ArrayList<>();
        String change = "";
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
                case "--parameter" -> parameters.add(assignment(name, left));
                case "--usermode-helper" -> parameters.add(Parameter.USERMODE_HELPER.shown() + "=" + value(name, left));
                case "--set" -> change = assignment(name, left);
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
                quiet
                        ? EngineLog.Console.NONE
                        : environment.containsKey(JOURNAL) ? EngineLog.Console.JOURNAL : EngineLog.Console.TERMINAL,
                List.copyOf(parameters));
        if (!change.isEmpty()) {
            return new Wish.Change(options, change);
        }
        return info ? new Wish.Info(options) : new Wish.Run(options);
    }

    private static String value(String name, ArrayDeque<String> left) throws StartException {
        String value = left.poll();
        if (value == null || value.isEmpty()) {
            throw new StartException("Option " + name + " needs a value.");
        }
        return value;
    }

    private static String assignment(String name, ArrayDeque<String> left) throws StartException {
        String value = value(name, left);
        if (value.indexOf('=') < 1) {
            throw new StartException("Option " + name + ": \"" + value + "\" is not NAME=VALUE.");
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
