package io.bsr.config.plan;

import io.bsr.config.model.PeerView;
import io.bsr.config.model.ResourceView;
import io.bsr.config.model.Volume;
import java.util.ArrayList;
import java.util.List;

/** What {@code up} does; command-line reference, section 2.5. */
public final class UpPlan {
    private UpPlan() {}

    /** For several resources, stage by stage. */
    public static SetupPlan of(List<ResourceView> views) {
        return SetupPlan.byStage(views.stream().map(UpPlan::of).toList());
    }

    /** For one resource. */
    public static SetupPlan of(ResourceView view) {
        return create(view, false, List.of());
    }

    /**
     * Everything from nothing.
     *
     * @param setDefaults whether peer-device options reset what they do not name, as adjust does
     * @param connectOptions further arguments of connect
     */
    static SetupPlan create(ResourceView view, boolean setDefaults, List<String> connectOptions) {
        CommandBuilder builder = new CommandBuilder(view);
        List<Command> commands = new ArrayList<>();
        commands.add(builder.newResource());
        commands.add(builder.nodeOptions(true));
        for (Volume volume : view.volumes()) {
            commands.add(builder.newMinor(volume));
        }
        for (PeerView peer : view.peers()) {
            commands.add(builder.newPeer(Stage.NET_PREP_UP, peer));
        }
        for (PeerView peer : view.peers()) {
            commands.addAll(builder.newPaths(Stage.NET_PATH, peer));
        }
        for (PeerView peer : view.peers()) {
            commands.addAll(builder.peerDeviceOptions(peer, setDefaults));
        }
        for (Volume volume : view.volumes()) {
            commands.addAll(builder.attach(volume));
        }
        commands.add(builder.applyPersistRole());
        for (PeerView peer : view.peers()) {
            commands.add(builder.connect(peer, connectOptions));
        }
        return new SetupPlan(commands);
    }
}
