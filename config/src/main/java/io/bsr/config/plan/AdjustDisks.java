package io.bsr.config.plan;

import static io.bsr.config.plan.CommandBuilder.options;

import io.bsr.config.model.ResourceView;
import io.bsr.config.model.Volume;
import io.bsr.config.option.OptionGroup;
import io.bsr.config.option.OptionTable;
import io.bsr.config.option.Settings;
import io.bsr.config.running.RunningResource;
import io.bsr.config.running.RunningResource.RunningDisk;
import io.bsr.config.running.RunningResource.RunningVolume;
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

    void add(List<Command> commands, List<String> refusals) {
        for (RunningVolume volume : running.volumes().values()) {
            if (!runsAs(wanted.self().volumes().get(volume.number()), volume)) {
                remove(commands, volume);
            }
        }
        for (Volume volume : wanted.volumes()) {
            RunningVolume now = running.volumes().get(volume.number());
            if (now == null || !runsAs(volume, now)) {
                commands.add(builder.newMinor(volume));
                commands.addAll(builder.attach(volume));
            } else {
                change(commands, refusals, volume, now);
            }
        }
    }

    private void remove(List<Command> commands, RunningVolume volume) {
        String minor = Integer.toString(volume.minor());
        if (volume.backing() != null) {
            commands.add(builder.setup(Stage.DISK_PREP_DOWN, "detach", minor));
        }
        commands.add(builder.setup(Stage.DISK_PREP_DOWN, "del-minor", minor));
    }

    private void change(List<Command> commands, List<String> refusals, Volume volume, RunningVolume now) {
        RunningDisk attached = now.backing();
        Volume.Backing backing = volume.backing();
        if (attached == null) {
            commands.addAll(builder.attach(volume));
            return;
        }
        if (backing == null) {
            commands.add(builder.minor(Stage.DISK_PREP_DOWN, "detach", volume, List.of()));
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
        changeOptions(commands, volume, now);
    }

    private static String shown(String disk, String metaDevice, String index) {
        return disk + " " + metaDevice + " " + index;
    }

    private void changeOptions(List<Command> commands, Volume volume, RunningVolume now) {
        Settings configured = volume.diskOptions().without(SIZE);
        if (!configured.sameEffect(now.diskOptions().without(SIZE))) {
            commands.add(builder.minor(Stage.DISK, "disk-options", volume, options(true, configured)));
        }
        var size = OptionTable.get(OptionGroup.DISK, SIZE);
        Settings wantedSize =
                new Settings(volume.diskOptions().find(SIZE).stream().toList());
        Settings currentSize =
                new Settings(now.diskOptions().find(SIZE).stream().toList());
        if (!wantedSize.sameEffect(currentSize)) {
            String value = "--size=" + wantedSize.valueOrDefault(size);
            commands.add(builder.minor(Stage.DISK, "resize", volume, List.of(value)));
            commands.add(builder.minor(Stage.DISK, "check-resize", volume, List.of()));
        }
    }
}
