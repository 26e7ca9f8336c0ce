package io.bsr.cli.bsrmeta;

import io.bsr.base.state.DiskState;
import io.bsr.cli.argument.Arguments;
import io.bsr.cli.argument.Option;
import io.bsr.cli.argument.Syntax;
import io.bsr.cli.argument.ToolManual;
import io.bsr.cli.argument.UsageException;
import io.bsr.cli.terminal.Surroundings;
import io.bsr.cli.terminal.Tool;
import io.bsr.config.diagnostic.NearestWord;
import io.bsr.control.ControlClient;
import io.bsr.control.ControlException;
import io.bsr.metadata.FormatVersion;
import io.bsr.metadata.MetadataException;
import io.bsr.metadata.tool.DumpParser;
import io.bsr.metadata.tool.FileMetadataDevice;
import io.bsr.metadata.tool.MetadataDevice;
import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** {@code bsrmeta}. */
public final class Main {
    private static final String PROGRAM = "bsrmeta";

    private static final Syntax SYNTAX = new Syntax(
            PROGRAM,
            List.of("MINOR", "FORMAT", "DEVICE", "INDEX", "COMMAND", "[ARGUMENT...]"),
            List.of(
                    Option.flag("force", "answer every question with yes", "-f"),
                    Option.flag("verbose", "say more; twice: every read and write", "-v"),
                    Option.flag("ignore-sanity-checks", "waive refusals that protect recognised data"),
                    Option.flag("dry-run", "write nothing, tell what would be written"),
                    Option.valued("node-id", "0 … 31", "the peer: get-gi, show-gi, set-gi, forget-peer", "-i"),
                    Option.valued("peer-max-bio-size", "BYTES", "largest request of a peer: create-md", "-p"),
                    Option.valued("al-stripes", "1 … 1024", "activity log: create-md, restore-md", "-s"),
                    Option.valued("al-stripe-size-kB", "KIB", "activity log: create-md, restore-md", "-z")));

    private Main() {}

    public static void main(String[] words) {
        Tool.main(PROGRAM, MetaExit.USAGE, words, tool());
    }

    /** The tool, for whoever runs it within another process. */
    public static Tool tool() {
        return Main::run;
    }

    /** Runs one command line; returns the exit code. */
    public static int run(Surroundings surroundings, List<String> words) {
        String verb = words.stream()
                .filter(word -> MetaCommand.named(word).isPresent())
                .findFirst()
                .orElse("");
        boolean asks = MetaCommand.named(verb).filter(MetaCommand::asks).isPresent();
        return Tool.logged(PROGRAM, surroundings, words, verb, asks, Main::carryOut);
    }

    private static int carryOut(Surroundings surroundings, List<String> words) {
        if (words.isEmpty()
                || words.contains("--help")
                || words.contains("-h")
                || words.getFirst().equals("help")) {
            help(surroundings);
            return words.isEmpty() ? MetaExit.USAGE : 0;
        }
        try {
            return run(surroundings, words, SYNTAX.parse(words));
        } catch (UsageException e) {
            surroundings.complain(PROGRAM + ": " + e.getMessage() + "\ntry '" + PROGRAM + " --help'");
            return MetaExit.USAGE;
        } catch (MetaExit e) {
            surroundings.complain(String.valueOf(e.getMessage()));
            return e.code();
        } catch (MetadataException e) {
            surroundings.complain(
                    e.what() + ": " + e.why() + ".\n" + e.remedy() + ". [" + MetaErrors.shown(e.code()) + "]");
            return MetaExit.codeOf(e.code());
        } catch (IOException e) {
            surroundings.complain(PROGRAM + ": " + e.getMessage());
            return MetaExit.FAILED;
        }
    }

    private static int run(Surroundings surroundings, List<String> words, Arguments arguments)
            throws UsageException, MetaExit, MetadataException, IOException {
        Line line = Line.of(arguments);
        Target target = line.target();
        MetaCommand command = line.command();
        String operand = line.operand();
        if (command.access() == MetaCommand.Access.NONE) {
            return verify(surroundings, operand);
        }
        MinorLock lock = target.hasMinor() ? MinorLock.take(surroundings.files(), target.minor()) : MinorLock.none();
        try {
            boolean attached = target.hasMinor() && isAttached(surroundings, Integer.parseInt(target.minor()));
            if (attached) {
                requireReading(command, target);
            }
            int code = onDevice(surroundings, words, arguments, target, command, operand, attached);
            if (attached) {
                surroundings.complain("# Output might be stale, since minor " + target.minor() + " is attached");
            }
            return code;
        } finally {
            lock.close();
        }
    }

    /** The words of a command line, checked. */
    record Line(Target target, MetaCommand command, String operand) {
        /** Reads a command line without doing anything. */
        static Line of(List<String> words) throws UsageException, MetaExit {
            return of(SYNTAX.parse(words));
        }

        private static Line of(Arguments arguments) throws UsageException, MetaExit {
            List<String> operands = arguments.operands();
            Target target = Target.of(operands);
            MetaCommand command = Main.command(operands.get(4));
            checkOptions(command, target, arguments);
            return new Line(target, command, Main.operand(command, operands.subList(5, operands.size())));
        }
    }

    private static void requireReading(MetaCommand command, Target target) throws MetaExit {
        if (command.access() == MetaCommand.Access.WRITES || command.access() == MetaCommand.Access.READS_IDLE) {
            throw new MetaExit(
                    MetaExit.USAGE,
                    "Device '" + target.minor() + "' is configured!\n"
                            + (command == MetaCommand.DSTATE
                                    ? "Only the engine knows its state: bsrsetup status, bsradm dstate."
                                    : "The engine uses its metadata: detach it first (bsradm detach)."));
        }
    }

    private static int onDevice(
            Surroundings surroundings,
            List<String> words,
            Arguments arguments,
            Target target,
            MetaCommand command,
            String operand,
            boolean attached)
            throws UsageException, MetaExit, MetadataException, IOException {
        boolean dryRun = arguments.has("dry-run");
        Set<FileMetadataDevice.Option> how = EnumSet.of(FileMetadataDevice.Option.PLAIN_FILE);
        if (command.access() == MetaCommand.Access.WRITES && !dryRun) {
            how.add(FileMetadataDevice.Option.WRITE);
        }
        if (attached) {
            how.add(FileMetadataDevice.Option.EVEN_IF_BUSY);
        }
        long verbosity = arguments.given().stream()
                .filter(one -> one.option().key().equals("verbose"))
                .count();
        boolean traced = dryRun || verbosity > 1;
        MetadataDevice opened = FileMetadataDevice.open(target.device(), how);
        try (MetadataDevice device =
                traced ? new TracedDevice(opened, surroundings::complain, verbosity > 1, dryRun) : opened) {
            return new MetaRun(new Session(surroundings, target, arguments, words, device)).run(command, operand);
        }
    }

    private static int verify(Surroundings surroundings, String file) throws MetaExit, MetadataException, IOException {
        try (DumpSource source = DumpSource.of(file, surroundings.in());
                Reader reader = source.open()) {
            DumpParser.verify(reader);
        }
        surroundings.out().println("input file parsed ok");
        return 0;
    }

    private static String operand(MetaCommand command, List<String> rest) throws UsageException, MetaExit {
        boolean needed = !command.operand().isEmpty() && !command.operand().startsWith("[");
        boolean possible = !command.operand().isEmpty();
        boolean missing = needed && rest.isEmpty();
        if (missing && command != MetaCommand.CREATE_MD) {
            throw new MetaExit(
                    MetaExit.FAILED,
                    command.verb() + " needs an argument: " + command.operand() + ".\nUSAGE: " + PROGRAM
                            + " MINOR FORMAT DEVICE INDEX " + command.verb() + " " + command.operand());
        }
        if (missing || rest.size() > (possible ? 1 : 0)) {
            String what = rest.isEmpty()
                    ? command.operand() + " argument missing"
                    : "too many arguments: " + String.join(" ", rest.subList(possible ? 1 : 0, rest.size()));
            throw new UsageException(what + ". " + command.verb()
                    + (possible ? " takes one argument, " + command.operand() : " takes none") + ".\nUSAGE: " + PROGRAM
                    + (" MINOR v09 DEVICE INDEX " + command.verb() + " " + command.operand()).stripTrailing());
        }
        return rest.isEmpty() ? "" : rest.getFirst();
    }

    private static MetaCommand command(String verb) throws UsageException {
        MetaCommand command = MetaCommand.named(verb).orElse(null);
        if (command == null) {
            String nearest = NearestWord.of(verb, MetaCommand.verbs());
            throw new UsageException(
                    "Unknown command '" + verb + "'" + (nearest.isEmpty() ? "." : ". Did you mean '" + nearest + "'?"));
        }
        return command;
    }

    private static void checkOptions(MetaCommand command, Target target, Arguments arguments)
            throws MetaExit, UsageException {
        boolean old = target.version() == FormatVersion.V08;
        if (old && !command.takesV08()) {
            throw new UsageException(command.verb() + " is not for metadata of v08, which are read, applied, changed,"
                    + " wiped and converted, but not made.");
        }
        for (Arguments.Given given : arguments.given()) {
            String key = given.option().key();
            if (!command.takes(key)) {
                throw new MetaExit(
                        MetaExit.FAILED,
                        "The --" + key + " option is not allowed with " + command.verb() + ": it is for "
                                + MetaCommand.taking(key) + ".\nLeave it out.");
            }
        }
        if (command.needsNode() && !old && arguments.value("node-id").isEmpty()) {
            throw new MetaExit(
                    MetaExit.FAILED,
                    "The " + command.verb() + " command requires the --node-id option: it is about one peer.\n"
                            + "Say which: --node-id=0 … 31.");
        }
    }

    /** Without an engine nothing is attached. */
    private static boolean isAttached(Surroundings surroundings, int minor) throws MetaExit {
        try (ControlClient client = ControlClient.connect(surroundings.files())) {
            return client.status().resources().stream()
                    .flatMap(resource -> resource.volumes().stream())
                    .anyMatch(volume -> volume.minor() == minor && volume.disk() != DiskState.DISKLESS);
        } catch (ControlException e) {
            if (e.kind() == ControlException.Kind.NOT_RUNNING) {
                return false;
            }
            throw new MetaExit(MetaExit.USAGE, String.valueOf(e.getMessage()));
        }
    }

    /** What the manual says. */
    public static ToolManual manual() {
        List<ToolManual.Entry> entries = new ArrayList<>();
        for (MetaCommand command : MetaCommand.values()) {
            List<Option> own = SYNTAX.options().stream()
                    .filter(option -> MetaCommand.isSpecial(option.key()) && command.takes(option.key()))
                    .toList();
            entries.add(new ToolManual.Entry(command.verb(), command.operand(), command.text(), own));
        }
        return new ToolManual(
                PROGRAM,
                "read and write metadata of disks that are not attached",
                "bsrmeta [OPTION...] MINOR FORMAT DEVICE INDEX COMMAND [ARGUMENT]",
                SYNTAX.options().stream()
                        .filter(option -> !MetaCommand.isSpecial(option.key()))
                        .toList(),
                List.of(
                        new ToolManual.Place("MINOR", List.of()),
                        new ToolManual.Place("FORMAT", List.of("v09", "v08")),
                        new ToolManual.Place("DEVICE", List.of()),
                        new ToolManual.Place("INDEX", List.of("internal", "flex-internal", "flex-external"))),
                entries,
                "");
    }

    private static void help(Surroundings surroundings) {
        surroundings.out().println(SYNTAX.help("Reads and writes metadata of disks that are not attached."));
        surroundings.out().println("COMMANDS:");
        for (MetaCommand command : MetaCommand.values()) {
            surroundings
                    .out()
                    .printf("  %-28s %s%n", (command.verb() + " " + command.operand()).strip(), command.text());
        }
    }
}
