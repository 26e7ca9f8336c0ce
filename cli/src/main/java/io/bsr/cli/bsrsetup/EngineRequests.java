package io.bsr.cli.bsrsetup;

import io.bsr.cli.argument.Arguments;
import io.bsr.cli.argument.UsageException;
import io.bsr.control.command.Command;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The commands that change something, as requests. */
final class EngineRequests {
    private static final String SET_DEFAULTS = SetupCommand.SET_DEFAULTS;

    private EngineRequests() {}

    /**
     * The request of a command; null for the commands that only ask.
     *
     * @throws UsageException if an operand cannot be what it should be
     */
    static @Nullable Command of(SetupCommand command, Arguments arguments) throws UsageException {
        List<String> words = arguments.operands();
        String first = words.isEmpty() ? "" : words.getFirst();
        return switch (command) {
            case PRIMARY -> new Command.Primary(first, arguments.has("force"), arguments.has("full-sync"));
            case SECONDARY -> new Command.Secondary(first);
            case ATTACH -> attach(words, arguments);
            case DISK_OPTIONS ->
                new Command.DiskOptions(Operands.minor(first), arguments.has(SET_DEFAULTS), options(arguments));
            case DETACH -> new Command.Detach(Operands.minor(first), arguments.has("force"));
            case CONNECT ->
                new Command.Connect(first, peer(words), arguments.has("discard-my-data"), arguments.has("tentative"));
            case NEW_PEER -> new Command.NewPeer(first, peer(words), options(arguments));
            case DEL_PEER -> new Command.DelPeer(first, peer(words), arguments.has("force"));
            case DISCONNECT -> new Command.Disconnect(first, peer(words), arguments.has("force"));
            case NEW_PATH -> {
                if (!words.get(4).matches("[01]")) {
                    throw new UsageException("DISABLE_IP_VERIFY: '" + words.get(4) + "' is not 0 or 1.");
                }
                yield new Command.NewPath(
                        first, peer(words), Operands.address(words.get(2)), Operands.address(words.get(3)));
            }
            case DEL_PATH ->
                new Command.DelPath(first, peer(words), Operands.address(words.get(2)), Operands.address(words.get(3)));
            case NET_OPTIONS ->
                new Command.NetOptions(first, peer(words), arguments.has(SET_DEFAULTS), options(arguments));
            case RESOURCE_OPTIONS ->
                new Command.ResourceOptions(first, arguments.has(SET_DEFAULTS), options(arguments));
            case NODE_OPTIONS -> new Command.NodeOptions(first, arguments.has(SET_DEFAULTS), options(arguments));
            case PEER_DEVICE_OPTIONS ->
                new Command.PeerDeviceOptions(
                        first, peer(words), volume(words), arguments.has(SET_DEFAULTS), options(arguments));
            case INVALIDATE -> new Command.Invalidate(Operands.minor(first), source(arguments));
            case INVALIDATE_REMOTE ->
                new Command.InvalidateRemote(first, peer(words), volume(words), arguments.has("use-current-oos"));
            case PAUSE_SYNC -> new Command.PauseSync(first, peer(words), volume(words));
            case RESUME_SYNC -> new Command.ResumeSync(first, peer(words), volume(words));
            case VERIFY ->
                new Command.Verify(
                        first,
                        peer(words),
                        volume(words),
                        sector(arguments, "start"),
                        sector(arguments, "stop"),
                        arguments.has("auto-sync"));
            case VERIFY_STOP -> new Command.VerifyStop(first, peer(words), volume(words));
            case OUTDATE -> new Command.Outdate(Operands.minor(first));
            case SUSPEND_IO -> new Command.SuspendIo(Operands.minor(first));
            case RESUME_IO -> new Command.ResumeIo(Operands.minor(first));
            case NEW_CURRENT_UUID ->
                new Command.NewCurrentUuid(
                        Operands.minor(first), arguments.has("clear-bitmap"), arguments.has("no-rotate-bitmap"));
            case FORGET_PEER -> new Command.ForgetPeer(first, peer(words));
            case RESIZE -> resize(first, arguments);
            case DOWN -> new Command.Down(first);
            case NEW_RESOURCE ->
                new Command.NewResource(first, Operands.number("NODE_ID", words.get(1)), options(arguments));
            case NEW_MINOR ->
                new Command.NewMinor(first, Operands.minor(words.get(1)), volume(words), options(arguments));
            case DEL_MINOR -> new Command.DelMinor(Operands.minor(first));
            case DEL_RESOURCE -> new Command.DelResource(first);
            case APPLY_PERSIST_ROLE,
                    ROLE,
                    CSTATE,
                    DSTATE,
                    SHOW_GI,
                    GET_GI,
                    SHOW,
                    STATUS,
                    EVENTS2,
                    CHECK_FS,
                    WAIT_SYNC_VOLUME,
                    WAIT_CONNECT_VOLUME,
                    WAIT_SYNC_CONNECTION,
                    WAIT_CONNECT_CONNECTION,
                    WAIT_SYNC_RESOURCE,
                    WAIT_CONNECT_RESOURCE,
                    CHECK_RESIZE,
                    MINOR_MOUNT_PATH,
                    EXPORTS,
                    INFO -> null;
        };
    }

    private static Command resize(String minor, Arguments arguments) throws UsageException {
        Map<String, String> values = arguments.plainValues();
        return new Command.Resize(
                Operands.minor(minor),
                Long.parseLong(values.getOrDefault("size", "0")),
                arguments.has("assume-peer-has-space"),
                arguments.has("assume-clean"),
                Integer.parseInt(values.getOrDefault("al-stripes", "0")),
                Integer.parseInt(values.getOrDefault("al-stripe-size-kB", "0")));
    }

    private static Command attach(List<String> words, Arguments arguments) throws UsageException {
        String index = words.get(3).equals("flex-external") ? "flexible" : words.get(3);
        return new Command.Attach(
                Operands.minor(words.getFirst()),
                absolute(words.get(1)),
                absolute(words.get(2)),
                index,
                options(arguments));
    }

    private static String absolute(String path) {
        return Path.of(path).toAbsolutePath().normalize().toString();
    }

    private static int peer(List<String> words) throws UsageException {
        return Operands.number("PEER_NODE_ID", words.get(1));
    }

    private static int volume(List<String> words) throws UsageException {
        return Operands.number("VOLUME", words.get(2));
    }

    private static @Nullable Long sector(Arguments arguments, String option) {
        String value = arguments.plainValues().get(option);
        return value == null ? null : Long.valueOf(value);
    }

    private static @Nullable Integer source(Arguments arguments) {
        String value = arguments.plainValues().get("sync-from-peer-node-id");
        return value == null || value.startsWith("-") ? null : Integer.valueOf(value);
    }

    /** What belongs to the object; how the command works is none of it. */
    private static Map<String, String> options(Arguments arguments) {
        Map<String, String> options = new LinkedHashMap<>(arguments.plainValues());
        options.remove(SET_DEFAULTS);
        return options;
    }
}
