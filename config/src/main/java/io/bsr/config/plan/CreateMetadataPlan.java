package io.bsr.config.plan;

import io.bsr.config.model.PeerView;
import io.bsr.config.model.Volume;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What {@code create-md} does; command-line reference, section 2.5. */
public final class CreateMetadataPlan {
    private CreateMetadataPlan() {}

    /**
     * The calls for the volumes of a target that have a disk here, each followed by nothing else: the device uuid is read
     * before and written after by whoever runs them.
     *
     * @param maxPeers how many peers the metadata gets room for; null counts the peers that have a disk
     * @param given further arguments such as {@code --force}
     */
    public static SetupPlan of(Target target, @Nullable Integer maxPeers, List<String> given) {
        CommandBuilder builder = new CommandBuilder(target.resource());
        List<Command> commands = new ArrayList<>();
        for (Volume volume : target.volumes()) {
            Volume.Backing backing = volume.backing();
            if (backing == null) {
                continue;
            }
            int peers = maxPeers != null ? maxPeers : Math.max(1, peersWithDisk(target, volume.number()));
            List<String> arguments = new ArrayList<>(List.of("create-md", Integer.toString(peers)));
            arguments.addAll(given);
            commands.add(builder.meta(Stage.DISK, volume, backing, arguments));
        }
        return new SetupPlan(commands);
    }

    private static int peersWithDisk(Target target, int number) {
        int count = 0;
        for (PeerView peer : target.resource().peers()) {
            Volume volume = peer.host().volumes().get(number);
            count += volume != null && !volume.diskless() ? 1 : 0;
        }
        return count;
    }
}
