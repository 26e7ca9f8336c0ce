package io.bsr.cli.bsradm;

import io.bsr.config.model.PeerView;
import io.bsr.config.model.ResourceView;
import io.bsr.config.model.Volume;
import io.bsr.config.option.OptionGroup;
import io.bsr.config.option.OptionTable;
import io.bsr.config.option.Settings;
import io.bsr.config.plan.ShellText;
import io.bsr.config.plan.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The commands whose answers are for scripts; command-line reference, section 2.10. */
final class ShellAnswers {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_]+");
    private static final int USUAL_MINORS = 32;
    private static final int SPARE_MINORS = 3;
    private static final int MOST_MINORS = 255;

    private final Invocation invocation;

    ShellAnswers(Invocation invocation) {
        this.invocation = invocation;
    }

    int run() throws AdmException {
        return switch (invocation.command()) {
            case SH_NOP -> 0;
            case SH_RESOURCES -> names(invocation.configured().view().resources());
            case SH_RESOURCES_LIST -> list();
            case SH_RESOURCE -> names(invocation.resources());
            case SH_MOD_PARMS -> moduleParameters();
            case SH_LR_OF ->
                throw new AdmException(AdmException.USAGE, "sh-lower-resource only available in stacked mode");
            case SH_DEV -> volumes(volume -> volume.device().path());
            case SH_MINOR -> volumes(volume -> Integer.toString(volume.minor()));
            case SH_DEV_VNR -> volumes(volume -> Integer.toString(volume.number()));
            case SH_LL_DEV -> volumes(volume -> backed(volume, Volume.Backing::disk));
            case SH_MD_DEV -> volumes(volume -> backed(volume, Volume.Backing::metaDevice));
            case SH_MD_IDX ->
                volumes(volume -> backed(volume, backing -> backing.metaDisk().metaArgument()));
            case SH_IP -> addresses();
            case SH_UDEV -> udev();
            case SH_PEER_NODE_ID -> peers(peer -> Integer.toString(peer.nodeId()));
            case SH_PEER_NODE_NAME -> peers(peer -> peer.host().groupOrName());
            case SH_PEER_NODES ->
                peers(peer -> peer.nodeId() + " " + peer.host().groupOrName());
            case SH_RESOURCE_OPTION -> option(OptionGroup.RESOURCE, ResourceView::resourceOptions);
            case SH_NODE_OPTION -> option(OptionGroup.NODE, ResourceView::nodeOptions);
            default -> throw new IllegalStateException(invocation.command() + " is not for scripts");
        };
    }

    private int names(List<ResourceView> resources) {
        resources.forEach(resource -> invocation.print(resource.name()));
        return 0;
    }

    private int list() {
        Stream<String> own = invocation.configured().view().resources().stream().map(ResourceView::name);
        Stream<String> others = invocation.arguments().has("ignore-hostname")
                ? invocation.configured().view().ignored().stream()
                : Stream.empty();
        Stream.concat(own, others).map(ShellText::escape).forEach(invocation::print);
        return 0;
    }

    private int moduleParameters() {
        int given = invocation.configured().configuration().global().minorCount();
        int volumes = invocation.configured().view().resources().stream()
                .mapToInt(resource -> resource.volumes().size())
                .sum();
        int count = given != 0 ? given : Math.min(MOST_MINORS, Math.max(USUAL_MINORS, volumes + SPARE_MINORS));
        invocation.print("minor_count=" + count);
        return 0;
    }

    private static String backed(Volume volume, Function<Volume.Backing, String> text) {
        Volume.Backing backing = volume.backing();
        return backing == null ? "none" : text.apply(backing);
    }

    private int volumes(Function<Volume, String> text) throws AdmException {
        for (Target target : invocation.targets()) {
            target.volumes().forEach(volume -> invocation.print(text.apply(volume)));
        }
        return 0;
    }

    private int addresses() throws AdmException {
        for (Target target : invocation.targets()) {
            List<String> own = new ArrayList<>();
            if (target.resource().self().address() != null) {
                own.add(target.resource().self().address().host());
            } else {
                target.peers().stream()
                        .limit(1)
                        .forEach(peer -> own.add(peer.paths().getFirst().local().host()));
            }
            target.volumes().forEach(volume -> own.forEach(invocation::print));
        }
        return 0;
    }

    private int udev() throws AdmException {
        boolean always = invocation.configured().configuration().global().udevAlwaysUseVnr();
        for (Target target : invocation.targets()) {
            Volume volume = target.volume();
            if (volume == null) {
                throw new AdmException(AdmException.USAGE, "volume not specified");
            }
            String byResource = "bsr/by-res/" + target.resource().name()
                    + (volume.implicit() && !always ? "" : "/" + volume.number());
            invocation.print("DEVICE=bsr" + volume.minor());
            invocation.print("SYMLINK=" + byResource);
            invocation.print("SYMLINK_BY_RES=" + byResource);
            Volume.Backing backing = volume.backing();
            if (backing != null) {
                String disk = backing.disk();
                invocation.print("SYMLINK_BY_DISK=bsr/by-disk/"
                        + (disk.startsWith("/dev/") ? disk.substring("/dev/".length()) : disk));
            }
        }
        return 0;
    }

    private int peers(Function<PeerView, String> text) throws AdmException {
        for (Target target : invocation.targets()) {
            target.peers().forEach(peer -> invocation.print(text.apply(peer)));
        }
        return 0;
    }

    private int option(OptionGroup group, Function<ResourceView, Settings> settings) throws AdmException {
        String wanted = invocation.arguments().value("sh-varname").orElse("");
        if (!wanted.isEmpty() && !NAME.matcher(wanted).matches()) {
            throw new AdmException(AdmException.USAGE, "-n: '" + wanted + "' is no name; write _ for -");
        }
        for (ResourceView resource : invocation.resources()) {
            if (!wanted.isEmpty()) {
                Optional<String> value = OptionTable.of(group).stream()
                        .filter(option -> option.name().replace('-', '_').equals(wanted))
                        .findFirst()
                        .flatMap(option -> settings.apply(resource).value(option.name()));
                invocation.print(value.map(text -> text + "\n").orElse("NULL"));
            }
        }
        return 0;
    }
}
