package io.bsr.cli.bsrsetup;

import io.bsr.base.error.ErrorCode;
import io.bsr.base.error.Outcome;
import io.bsr.base.state.ConnectionState;
import io.bsr.base.state.DiskState;
import io.bsr.base.state.ReplicationState;
import io.bsr.cli.argument.Arguments;
import io.bsr.cli.argument.Option;
import io.bsr.cli.argument.UsageException;
import io.bsr.cli.terminal.Surroundings;
import io.bsr.config.option.OptionGroup;
import io.bsr.config.option.OptionTable;
import io.bsr.control.ControlClient;
import io.bsr.control.ControlException;
import io.bsr.control.command.Command;
import io.bsr.control.status.ConnectionStatus;
import io.bsr.control.status.PeerDeviceStatus;
import io.bsr.control.status.ResourceStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The commands that wait; command-line reference, section 3.8. Events wake it up, the status decides: so nothing that
 * happened between the two can be missed.
 */
final class Waiting {
    private static final String GENERAL = "wfc-timeout";
    private static final String DEGRADED = "degr-wfc-timeout";
    private static final String OUTDATED = "outdated-wfc-timeout";

    static final List<Option> OPTIONS = List.of(
            Option.of(OptionTable.get(OptionGroup.STARTUP, GENERAL), "-t"),
            Option.of(OptionTable.get(OptionGroup.STARTUP, DEGRADED), "-d"),
            Option.of(OptionTable.get(OptionGroup.STARTUP, OUTDATED), "-o"),
            Option.of(OptionTable.get(OptionGroup.STARTUP, "wait-after-sb"), "-w"));

    private static final int TIMED_OUT = 5;

    /** How long it sleeps at most, so that limits are kept. */
    private static final Duration PATIENCE = Duration.ofMillis(500);

    private final Surroundings surroundings;
    private final SetupCommand command;
    private final Arguments arguments;
    private final boolean sync;
    private final long start = System.nanoTime();

    Waiting(Surroundings surroundings, SetupCommand command, Arguments arguments) {
        this.surroundings = surroundings;
        this.command = command;
        this.arguments = arguments;
        this.sync = command.verb().startsWith("wait-sync");
    }

    /** The exit code: 0 when there is nothing more to wait for, 5 when the time is over. */
    int run() throws ControlException, UsageException {
        tellOverridden();
        String name = arguments.operands().getFirst();
        try (ControlClient events = ControlClient.connect(surroundings.files());
                ControlClient client = ControlClient.connect(surroundings.files())) {
            events.subscribe(new Command.Events(name, false));
            while (true) {
                Optional<ResourceStatus> resource = client.status().resources().stream()
                        .filter(one -> one.name().equals(name))
                        .findFirst();
                if (resource.isEmpty()) {
                    Outcome unknown = Outcome.of(ErrorCode.UNKNOWN_RESOURCE, "");
                    surroundings.complain(ExitCodes.text(name, unknown));
                    return ExitCodes.of(unknown);
                }
                List<Awaited> left = left(resource.get());
                if (left.isEmpty()) {
                    return ExitCodes.OK;
                }
                if (left.stream().allMatch(this::isOver)) {
                    return TIMED_OUT;
                }
                if (events.nextEvent(PATIENCE) instanceof ControlClient.Next.End) {
                    return ExitCodes.OK;
                }
            }
        }
    }

    /** A limit that was given and does not count, because the general one ends first. */
    private void tellOverridden() {
        long general = seconds(GENERAL);
        for (String option : List.of(DEGRADED, OUTDATED)) {
            boolean longer = seconds(option) == 0 || seconds(option) > general;
            if (general != 0 && longer && arguments.value(option).isPresent()) {
                surroundings.complain(option + " has to be shorter than " + GENERAL + ": it is taken for the same, "
                        + general + " seconds");
            }
        }
    }

    /** A volume that is not there yet, of a peer that may come. */
    private record Awaited(PeerDeviceStatus device) {}

    private List<Awaited> left(ResourceStatus resource) throws UsageException {
        List<Awaited> left = new ArrayList<>();
        for (ConnectionStatus connection : resource.connections()) {
            boolean givenUp = connection.state() == ConnectionState.STANDALONE
                    || connection.state() == ConnectionState.DISCONNECTING;
            if (!isMeant(connection)) {
                continue;
            }
            if (givenUp && !arguments.has("wait-after-sb")) {
                return List.of();
            }
            for (PeerDeviceStatus device : connection.peerDevices()) {
                if (isMeant(device) && !isThere(device)) {
                    left.add(new Awaited(device));
                }
            }
        }
        return left;
    }

    private boolean isMeant(ConnectionStatus connection) throws UsageException {
        return arguments.operands().size() < 2
                || connection.peerNodeId()
                        == Operands.number("PEER_NODE_ID", arguments.operands().get(1));
    }

    private boolean isMeant(PeerDeviceStatus device) throws UsageException {
        return arguments.operands().size() < 3
                || device.volume()
                        == Operands.number("VOLUME", arguments.operands().get(2));
    }

    private boolean isThere(PeerDeviceStatus device) {
        return sync
                ? device.replication() == ReplicationState.ESTABLISHED
                : device.replication() != ReplicationState.OFF;
    }

    private boolean isOver(Awaited awaited) {
        long general = seconds(GENERAL);
        long limit = general;
        if (awaited.device().peerDisk() == DiskState.OUTDATED) {
            limit = seconds(OUTDATED);
        } else if (awaited.device().startedDegraded()) {
            limit = seconds(DEGRADED);
        }
        if (general != 0 && (limit == 0 || limit > general)) {
            limit = general;
        }
        return limit != 0
                && System.nanoTime() - start >= Duration.ofSeconds(limit).toNanos();
    }

    private long seconds(String option) {
        return Long.parseLong(arguments.plainValues().getOrDefault(option, "0"));
    }

    @Override
    public String toString() {
        return command.verb();
    }
}
