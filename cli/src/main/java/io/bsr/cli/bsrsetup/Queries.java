package io.bsr.cli.bsrsetup;

import io.bsr.base.error.ErrorCode;
import io.bsr.base.error.Outcome;
import io.bsr.base.state.DiskState;
import io.bsr.cli.argument.Arguments;
import io.bsr.cli.argument.UsageException;
import io.bsr.cli.status.GenerationText;
import io.bsr.cli.status.RunningConfiguration;
import io.bsr.cli.status.StatusJson;
import io.bsr.cli.status.StatusText;
import io.bsr.cli.terminal.Surroundings;
import io.bsr.config.running.ShowText;
import io.bsr.control.ControlClient;
import io.bsr.control.ControlException;
import io.bsr.control.command.Command;
import io.bsr.control.status.Answer;
import io.bsr.control.status.ConnectionStatus;
import io.bsr.control.status.EngineInfo;
import io.bsr.control.status.ExportList;
import io.bsr.control.status.ExportStatus;
import io.bsr.control.status.PeerDeviceStatus;
import io.bsr.control.status.ResourceStatus;
import io.bsr.control.status.VolumeStatus;
import io.bsr.metadata.DeviceFlag;
import io.bsr.metadata.MetadataException;
import io.bsr.metadata.tool.GenerationIdentifiers;
import io.bsr.metadata.tool.LastKnownPlace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Predicate;

/** The commands that ask and print. */
final class Queries {
    private static final int INTERNAL = -3;

    private final Surroundings surroundings;
    private final ControlClient client;
    private final Arguments arguments;

    Queries(Surroundings surroundings, ControlClient client, Arguments arguments) {
        this.surroundings = surroundings;
        this.client = client;
        this.arguments = arguments;
    }

    /** The object that was asked for does not exist, or the engine refuses to say. */
    private static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;
        private final transient Outcome outcome;

        Refused(Outcome outcome) {
            super(outcome.detail());
            this.outcome = outcome;
        }

        Refused(ErrorCode code, String detail) {
            this(Outcome.of(code, detail));
        }
    }

    int answer(SetupCommand command) throws ControlException, UsageException {
        try {
            return switch (command) {
                case STATUS -> status();
                case SHOW -> show();
                case ROLE -> print(resource().role().toString());
                case CSTATE -> print(connection().state().toString());
                case DSTATE -> dstate();
                case GET_GI -> generations(false);
                case SHOW_GI -> generations(true);
                case EVENTS2 -> followEvents();
                case APPLY_PERSIST_ROLE -> applyPersistRole();
                case CHECK_FS -> checkFileSystem();
                case MINOR_MOUNT_PATH -> minorMountPath();
                case EXPORTS -> exports();
                case INFO -> info();
                case CHECK_RESIZE -> rememberPlace();
                default -> throw new IllegalStateException(command + " changes something");
            };
        } catch (Refused e) {
            String object = arguments.operands().isEmpty()
                    ? "bsrsetup"
                    : arguments.operands().getFirst();
            surroundings.complain(ExitCodes.text(object, e.outcome));
            return ExitCodes.of(e.outcome);
        }
    }

    /** Writes down where the internal metadata of an attached disk are, so that they are found when it has grown. */
    private int rememberPlace() throws ControlException, UsageException, Refused {
        int minor = Operands.minor(arguments.operands().getFirst());
        VolumeStatus volume = client.status().resources().stream()
                .flatMap(r -> r.volumes().stream())
                .filter(v -> v.minor() == minor)
                .findFirst()
                .orElseThrow(() -> new Refused(ErrorCode.MINOR_UNKNOWN, "there is no minor " + minor));
        if (volume.backing().isEmpty()) {
            throw new Refused(ErrorCode.NO_DISK, "its disk is " + volume.disk());
        }
        Path file = surroundings.files().stateFolder().resolve("bsr-minor-" + minor + ".lkbd");
        try {
            if (volume.metaIndex() != INTERNAL) {
                Files.deleteIfExists(file);
                return ExitCodes.OK;
            }
            Files.createDirectories(surroundings.files().stateFolder());
            new LastKnownPlace(volume.metaDeviceSize(), volume.metaBacking(), OptionalLong.empty()).write(file);
            return ExitCodes.OK;
        } catch (IOException | MetadataException e) {
            surroundings.complain("The place of the metadata could not be written down in " + file + ": "
                    + e.getMessage() + ". Check the directory and its permissions.");
            return ExitCodes.LOCAL;
        }
    }

    private int print(String line) {
        surroundings.out().println(line);
        return ExitCodes.OK;
    }

    private String wanted() {
        return arguments.operands().isEmpty() ? "all" : arguments.operands().getFirst();
    }

    /** The resources asked for; all is all. */
    private List<ResourceStatus> resources() throws ControlException {
        Predicate<ResourceStatus> asked =
                r -> wanted().equals("all") || r.name().equals(wanted());
        return client.status().resources().stream().filter(asked).toList();
    }

    private int status() throws ControlException, UsageException {
        StatusText.Style style = OutputOptions.status(arguments, surroundings);
        List<ResourceStatus> resources = resources();
        if (resources.isEmpty() && !wanted().equals("all")) {
            surroundings.complain(wanted() + ": No such resource");
            return ExitCodes.REFUSED;
        }
        surroundings.out().print(arguments.has("json") ? StatusJson.of(resources) : StatusText.of(resources, style));
        if (!arguments.has("json") && (style.verbose() || style.colour())) {
            resources.forEach(this::explain);
        }
        return ExitCodes.OK;
    }

    /** Why something is not as it should be: for people, beside the output that scripts read. */
    private void explain(ResourceStatus resource) {
        for (VolumeStatus volume : resource.volumes()) {
            if (!volume.device().isEmpty()) {
                surroundings.complain(resource.name() + "/" + volume.number() + " is " + volume.device());
            }
            if (!volume.failure().isEmpty()) {
                surroundings.complain(resource.name() + "/" + volume.number() + " is " + volume.disk() + " since "
                        + Instant.EPOCH
                                .plus(volume.failedAt(), ChronoUnit.MICROS)
                                .truncatedTo(ChronoUnit.SECONDS) + ": " + volume.failure());
            }
            if (!volume.waitsFor().isEmpty()) {
                surroundings.complain(resource.name() + "/" + volume.number() + ": " + volume.waitsFor());
            }
        }
        for (ConnectionStatus connection : resource.connections()) {
            String peer = connection.name().isEmpty() ? "node " + connection.peerNodeId() : connection.name();
            if (!connection.reason().isEmpty()) {
                surroundings.complain(
                        resource.name() + " " + peer + " is " + connection.state() + ": " + connection.reason());
            }
            for (PeerDeviceStatus device : connection.peerDevices()) {
                if (!device.waitsFor().isEmpty()) {
                    surroundings.complain(
                            resource.name() + "/" + device.volume() + " " + peer + ": " + device.waitsFor());
                }
            }
        }
    }

    private int show() throws ControlException, Refused {
        List<ResourceStatus> resources = resources();
        if (resources.isEmpty()) {
            if (wanted().equals("all")) {
                surroundings.out().print(StatusText.NOTHING);
                return ExitCodes.OK;
            }
            throw new Refused(ErrorCode.UNKNOWN_RESOURCE, "");
        }
        for (ResourceStatus resource : resources) {
            surroundings.out().println(ShowText.of(RunningConfiguration.of(resource), arguments.has("show-defaults")));
        }
        return ExitCodes.OK;
    }

    private ResourceStatus resource() throws ControlException, Refused {
        return client.status().resources().stream()
                .filter(r -> r.name().equals(wanted()))
                .findFirst()
                .orElseThrow(() -> new Refused(ErrorCode.UNKNOWN_RESOURCE, ""));
    }

    private ConnectionStatus connection() throws ControlException, Refused, UsageException {
        int id = Operands.number("PEER_NODE_ID", arguments.operands().get(1));
        return resource().connections().stream()
                .filter(c -> c.peerNodeId() == id)
                .findFirst()
                .orElseThrow(() -> new Refused(ErrorCode.INVALID_PEER_NODE_ID, ""));
    }

    private int dstate() throws ControlException, Refused, UsageException {
        int minor = Operands.minor(wanted());
        for (ResourceStatus resource : client.status().resources()) {
            for (VolumeStatus volume : resource.volumes()) {
                if (volume.minor() == minor) {
                    StringBuilder line = new StringBuilder(volume.disk().toString());
                    for (ConnectionStatus connection : resource.connections()) {
                        connection.peerDevices().stream()
                                .filter(peer -> peer.volume() == volume.number())
                                .forEach(peer -> line.append('/').append(peer.peerDisk()));
                    }
                    return print(line.toString());
                }
            }
        }
        throw new Refused(ErrorCode.MINOR_UNKNOWN, "");
    }

    private int generations(boolean explained) throws ControlException, Refused, UsageException {
        int number = Operands.number("VOLUME", arguments.operands().get(2));
        ResourceStatus resource = resource();
        ConnectionStatus connection = connection();
        for (PeerDeviceStatus peer : connection.peerDevices()) {
            for (VolumeStatus volume : resource.volumes()) {
                boolean found = peer.volume() == number && volume.number() == number;
                if (found && volume.disk() != DiskState.DISKLESS) {
                    String line = GenerationText.of(volume, peer);
                    surroundings.out().print(explained ? GenerationIdentifiers.explained(line) : line + "\n");
                    return ExitCodes.OK;
                }
            }
        }
        surroundings.complain("Device is unconfigured, or has no disk");
        return ExitCodes.NOTHING_TO_SHOW;
    }

    private int followEvents() throws ControlException, Refused, UsageException {
        Outcome outcome = new EventFollowing(surroundings, client, arguments).run();
        if (!outcome.success()) {
            throw new Refused(outcome);
        }
        return ExitCodes.OK;
    }

    /** The metadata remember whether this node was Primary when it was last in use. */
    private int applyPersistRole() throws ControlException, Refused {
        ResourceStatus resource = resource();
        boolean remembers = "yes".equals(resource.options().get("persist-role"));
        boolean wasPrimary =
                resource.volumes().stream().anyMatch(v -> (v.generation().deviceFlags() & DeviceFlag.WAS_PRIMARY) != 0);
        if (!remembers || !wasPrimary) {
            return ExitCodes.OK;
        }
        Outcome outcome = client.run(new Command.Primary(resource.name(), false));
        if (!outcome.success()) {
            throw new Refused(outcome);
        }
        return ExitCodes.OK;
    }

    /**
     * The check protects a first resync that only sends what the file system uses; ours sends everything, so every disk
     * passes.
     */
    private int checkFileSystem() throws ControlException, Refused, UsageException {
        requireMinor();
        return ExitCodes.OK;
    }

    /**
     * The original's driver finds by it which file system to ask for used blocks. Our engine reads none, so only the volume
     * has to exist.
     */
    private int minorMountPath() throws ControlException, Refused, UsageException {
        requireMinor();
        return ExitCodes.OK;
    }

    private void requireMinor() throws ControlException, Refused, UsageException {
        int minor = Operands.minor(wanted());
        boolean known = client.status().resources().stream()
                .flatMap(resource -> resource.volumes().stream())
                .anyMatch(volume -> volume.minor() == minor);
        if (!known) {
            throw new Refused(ErrorCode.MINOR_UNKNOWN, "");
        }
    }

    private int exports() throws ControlException, Refused {
        Answer answer = client.call(new Command.Exports(wanted().equals("all") ? null : wanted()));
        if (!(answer.result() instanceof ExportList list)) {
            throw new Refused(answer.outcome());
        }
        for (ExportStatus export : list.exports()) {
            surroundings.out().println(export.name() + (export.usable() ? "" : " (refused: " + export.reason() + ")"));
            export.uris().forEach(uri -> surroundings.out().println("  " + uri));
            export.clients().forEach(user -> surroundings.out().println("  used by " + user));
        }
        return ExitCodes.OK;
    }

    private int info() throws ControlException, Refused {
        Answer answer = client.call(new Command.Info());
        if (!(answer.result() instanceof EngineInfo info)) {
            throw new Refused(answer.outcome());
        }
        print("name:    " + info.name());
        print("version: " + info.version());
        print("build:   " + info.build());
        print("node:    " + info.node());
        print("root:    " + info.root());
        print("pid:     " + info.pid());
        print("uptime:  " + info.uptimeSeconds() + " s");
        print("edge:    " + info.edge());
        print("loops:   " + info.loops());
        info.nbd().forEach(address -> print("nbd:     " + address));
        info.parameters().forEach(parameter -> print(parameter.line()));
        return ExitCodes.OK;
    }
}
