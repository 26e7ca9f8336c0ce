package io.bsr.config.plan;

import static io.bsr.config.plan.CommandBuilder.options;

import io.bsr.config.model.ResourceView;
import io.bsr.config.model.Volume;
import io.bsr.config.option.OptionGroup;
import io.bsr.config.option.OptionTable;
import io.bsr.config.option.Settings;
import io.bsr.config.plan.PlannedChange.Effect;
import io.bsr.config.running.RunningResource;
import io.bsr.config.running.RunningResource.RunningDisk;
import io.bsr.config.running.RunningResource.RunningVolume;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The volumes of one resource: what adjust has to do about them. */
final class AdjustDisks {
    private static final String SIZE = "size";

    private final ResourceView wanted;
    private final RunningResource running;
    private final CommandBuilder builder;

    AdjustDisks(ResourceView wanted, RunningResource running, CommandBuilder builder) {
        this.wanted = wanted;
        this.running = running;
        this.builder = builder;
    }

    /** Volumes that do not run yet, or under another minor. */
    Set<Integer> newVolumes() {
        return wanted.volumes().stream()
                .filter(volume -> !runsAs(volume, running.volumes().get(volume.number())))
                .map(Volume::number)
                .collect(Collectors.toUnmodifiableSet());
    }

    private static boolean runsAs(@Nullable Volume wanted, @Nullable RunningVolume running) {
        return wanted != null && running != null && wanted.minor() == running.minor();
    }

    void add(List<PlannedChange> changes, List<String> refusals) {
        for (RunningVolume volume : running.volumes().values()) {
            Volume configured = wanted.self().volumes().get(volume.number());
            if (!runsAs(configured, volume)) {
                String reason = configured == null
                        ? "it is not configured"
                        : "minor: " + volume.minor() + " -> " + configured.minor();
                changes.add(new PlannedChange(shown(volume.number()), Effect.STOP, List.of(reason), remove(volume)));
            }
        }
        for (Volume volume : wanted.volumes()) {
            RunningVolume now = running.volumes().get(volume.number());
            if (now == null || !runsAs(volume, now)) {
                List<Command> commands = new ArrayList<>(List.of(builder.newMinor(volume)));
                commands.addAll(builder.attach(volume));
                changes.add(new PlannedChange(
                        shown(volume.number()),
                        Effect.START,
                        List.of("it does not run under minor " + volume.minor()),
                        commands));
            } else {
                change(changes, refusals, volume, now);
            }
        }
    }

    private static String shown(int volume) {
        return "volume " + volume;
    }

    private List<Command> remove(RunningVolume volume) {
        String minor = Integer.toString(volume.minor());
        List<Command> commands = new ArrayList<>();
        if (volume.backing() != null) {
            commands.add(builder.setup(Stage.DISK_PREP_DOWN, "detach", minor));
        }
        commands.add(builder.setup(Stage.DISK_PREP_DOWN, "del-minor", minor));
        return commands;
    }

    private void change(List<PlannedChange> changes, List<String> refusals, Volume volume, RunningVolume now) {
        RunningDisk attached = now.backing();
        Volume.Backing backing = volume.backing();
        if (attached == null) {
            if (backing != null) {
                changes.add(new PlannedChange(
                        shown(volume.number()) + ", disk",
                        Effect.START,
                        List.of("no disk is attached, " + backing.disk() + " is configured"),
                        builder.attach(volume)));
            }
            return;
        }
        if (backing == null) {
            changes.add(new PlannedChange(
                    shown(volume.number()) + ", disk",
                    Effect.STOP,
                    List.of(attached.disk() + " is attached, none is configured"),
                    List.of(builder.minor(Stage.DISK_PREP_DOWN, "detach", volume, List.of()))));
            return;
        }
        String configured =
                shown(backing.disk(), backing.metaDevice(), backing.metaDisk().attachArgument());
        String current = shown(
                attached.disk(),
                attached.metaDisk().deviceFor(attached.disk()),
                attached.metaDisk().attachArgument());
        if (!configured.equals(current)) {
            refusals.add("resource " + wanted.name() + " volume " + volume.number() + ": disk (" + current
                    + ") is configured, cannot change disk config (" + configured + ")");
            return;
        }
        changeOptions(changes, volume, now);
    }

    private static String shown(String disk, String metaDevice, String index) {
        return disk + " " + metaDevice + " " + index;
    }

    private void changeOptions(List<PlannedChange> changes, Volume volume, RunningVolume now) {
        Settings configured = volume.diskOptions().without(SIZE);
        Settings current = now.diskOptions().without(SIZE);
        if (!configured.sameEffect(current)) {
            changes.add(new PlannedChange(
                    shown(volume.number()) + ", disk options",
                    Effect.LIVE,
                    PlannedChange.differences(current, configured),
                    List.of(builder.minor(Stage.DISK, "disk-options", volume, options(true, configured)))));
        }
        var size = OptionTable.get(OptionGroup.DISK, SIZE);
        Settings wantedSize =
                new Settings(volume.diskOptions().find(SIZE).stream().toList());
        Settings currentSize =
                new Settings(now.diskOptions().find(SIZE).stream().toList());
        if (!wantedSize.sameEffect(currentSize)) {
            String value = "--size=" + wantedSize.valueOrDefault(size);
            changes.add(new PlannedChange(
                    shown(volume.number()) + ", size",
                    Effect.LIVE,
                    PlannedChange.differences(currentSize, wantedSize),
                    List.of(
                            builder.minor(Stage.DISK, "resize", volume, List.of(value)),
                            builder.minor(Stage.DISK, "check-resize", volume, List.of()))));
        }
    }
}
