package io.bsr.cli.bsrmeta;

import io.bsr.base.state.DiskState;
import io.bsr.cli.argument.Arguments;
import io.bsr.cli.argument.Option;
import io.bsr.cli.argument.Syntax;
import io.bsr.cli.argument.UsageException;
import io.bsr.cli.terminal.Surroundings;
import io.bsr.cli.terminal.Tool;
import io.bsr.config.diagnostic.NearestWord;
import io.bsr.control.ControlClient;
import io.bsr.control.ControlException;
import io.bsr.metadata.MetadataException;
import io.bsr.metadata.Placement;
import io.bsr.metadata.tool.FileMetadataDevice;
import io.bsr.metadata.tool.MetadataDevice;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** {@code bsrmeta}. */
public final class Main {
    private static final String PROGRAM = "bsrmeta";

    /** Options of single commands, refused at the others. */
    private static final Set<String> CREATE_ONLY = Set.of("peer-max-bio-size", "al-stripes", "al-stripe-size-kB");

    private static final Syntax SYNTAX = new Syntax(
            PROGRAM,
            List.of("MINOR", "FORMAT", "DEVICE", "INDEX", "COMMAND", "[ARGUMENT...]"),
            List.of(
                    Option.flag("force", "answer every question with yes", "-f"),
                    Option.flag("verbose", "accepted, there is nothing more to say", "-v"),
                    Option.flag("ignore-sanity-checks", "waive refusals that protect recognised data"),
                    Option.valued("node-id", "0 … 31", "the peer: get-gi, show-gi, set-gi, forget-peer", "-i"),
                    Option.valued("peer-max-bio-size", "BYTES", "largest request of a peer: create-md", "-p"),
                    Option.valued("al-stripes", "1 … 1024", "stripes of the activity log: create-md", "-s"),
                    Option.valued("al-stripe-size-kB", "KIB", "size of a stripe: create-md", "-z")));

    private Main() {}

    public static void main(String[] words) {
        Tool.main(PROGRAM, MetaExit.USAGE, words, Main::run);
    }

    /** Runs one command line; returns the exit code. */
    public static int run(Surroundings surroundings, List<String> words) {
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
            surroundings.complain(PROGRAM + ": " + e.getMessage());
            return MetaExit.USAGE;
        } catch (MetaExit e) {
            surroundings.complain(String.valueOf(e.getMessage()));
            return e.code();
        } catch (MetadataException e) {
            String device = words.size() > 2 ? words.get(2) : "";
            String where = e.what().contains(device) || e.why().contains(device) ? "" : " on " + device;
            surroundings.complain(e.what() + where + ": " + e.why() + ".\n" + e.remedy() + ".");
            return MetaExit.codeOf(e.code());
        } catch (IOException e) {
            surroundings.complain(PROGRAM + ": " + e.getMessage());
            return MetaExit.FAILED;
        }
    }

    private static int run(Surroundings surroundings, List<String> words, Arguments arguments)
            throws UsageException, MetaExit, MetadataException, IOException {
        List<String> operands = arguments.operands();
        String minor = minor(operands.get(0));
        if (!operands.get(1).equals("v09")) {
            throw new UsageException("format '" + operands.get(1) + "' is not v09, the only one that is written.");
        }
        Path device = path(operands.get(2));
        Placement placement = placement(operands.get(3));
        MetaCommand command = command(operands.get(4));
        checkOptions(command, arguments);
        List<String> rest = operands.subList(5, operands.size());
        if (rest.size() != (command.operand().isEmpty() ? 0 : 1)) {
            throw new UsageException(command.verb() + " takes "
                    + (command.operand().isEmpty() ? "no argument" : command.operand()) + ".");
        }
        boolean attached = !minor.equals("-") && isAttached(surroundings, Integer.parseInt(minor));
        if (attached && command.writes()) {
            throw new MetaExit(
                    MetaExit.USAGE,
                    "Device '" + minor + "' is configured!\nThe engine uses " + device
                            + ": detach it, or take its resource down, first.");
        }
        Set<FileMetadataDevice.Option> how = EnumSet.of(FileMetadataDevice.Option.PLAIN_FILE);
        if (command.writes()) {
            how.add(FileMetadataDevice.Option.WRITE);
        }
        if (attached) {
            how.add(FileMetadataDevice.Option.EVEN_IF_BUSY);
        }
        try (MetadataDevice opened = FileMetadataDevice.open(device, how)) {
            MetaRun run = new MetaRun(surroundings, minor, opened, placement, arguments, words);
            int code = run.run(command, rest.isEmpty() ? "" : rest.getFirst());
            if (attached) {
                surroundings.complain("# Output might be stale, since minor " + minor + " is attached");
            }
            return code;
        }
    }

    private static String minor(String text) throws UsageException {
        String minor = text.startsWith("minor-") ? text.substring(6) : text;
        minor = minor.startsWith("/dev/bsr") ? minor.substring(8) : minor;
        if (!minor.equals("-") && !minor.matches("[0-9]{1,9}")) {
            throw new UsageException("'" + text + "' is no minor number, and not - for none.");
        }
        return minor;
    }

    private static Path path(String text) throws UsageException {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new UsageException("'" + text + "' is no path: " + e.getReason() + ".");
        }
    }

    private static Placement placement(String text) throws UsageException {
        return switch (text) {
            case "internal", "flex-internal" -> new Placement.Internal();
            case "flex-external", "flexible" -> new Placement.FlexibleExternal();
            default -> {
                if (!text.matches("[0-9]{1,3}") || Integer.parseInt(text) > 255) {
                    throw new UsageException(
                            "index '" + text + "' is none of internal, flex-internal, flex-external, 0 … 255.");
                }
                yield new Placement.Indexed(Integer.parseInt(text));
            }
        };
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

    private static void checkOptions(MetaCommand command, Arguments arguments) throws MetaExit {
        for (Arguments.Given given : arguments.given()) {
            String key = given.option().key();
            boolean misplaced = (CREATE_ONLY.contains(key) && command != MetaCommand.CREATE_MD)
                    || (key.equals("node-id") && !command.needsNode());
            if (misplaced) {
                throw new MetaExit(MetaExit.FAILED, "The --" + key + " option is not allowed with " + command.verb());
            }
        }
        if (command.needsNode() && arguments.value("node-id").isEmpty()) {
            throw new MetaExit(MetaExit.FAILED, command.verb() + " requires a --node-id");
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
