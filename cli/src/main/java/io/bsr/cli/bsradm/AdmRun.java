package io.bsr.cli.bsradm;

import io.bsr.cli.argument.Arguments;
import io.bsr.cli.status.RunningConfiguration;
import io.bsr.cli.terminal.Surroundings;
import io.bsr.config.declared.Address;
import io.bsr.config.dump.Dump;
import io.bsr.config.dump.DumpStyle;
import io.bsr.config.dump.DumpStyle.Detail;
import io.bsr.config.model.PeerView;
import io.bsr.config.model.Resource;
import io.bsr.config.model.ResourceView;
import io.bsr.config.model.Volume;
import io.bsr.config.plan.AdjustPlan;
import io.bsr.config.plan.AdmCommand;
import io.bsr.config.plan.Command;
import io.bsr.config.plan.CommandPlan;
import io.bsr.config.plan.CreateMetadataPlan;
import io.bsr.config.plan.SetupPlan;
import io.bsr.config.plan.Stage;
import io.bsr.config.plan.Target;
import io.bsr.config.plan.UpPlan;
import io.bsr.config.running.RunningResource;
import io.bsr.control.ControlClient;
import io.bsr.control.ControlException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One command of {@code bsradm}; command-line reference, sections 2.4 to 2.8. */
final class AdmRun {
    private static final int NO_DISK = 10;

    private final Surroundings surroundings;
    private final String verb;
    private final Arguments arguments;
    private final List<String> handedOn;
    private final boolean dryRun;
    private final StepRunner runner;

    /** @param handedOn options for the lower tools, as words */
    AdmRun(Surroundings surroundings, String verb, Arguments arguments, List<String> handedOn) {
        this.surroundings = surroundings;
        this.verb = verb;
        this.arguments = arguments;
        this.handedOn = handedOn;
        dryRun = arguments.has("dry-run");
        runner = new StepRunner(surroundings, dryRun, arguments.has("verbose") && !verb.equals("dump"));
    }

    int run() throws AdmException {
        if (verb.equals("status") && arguments.operands().isEmpty()) {
            return runner.run(setup("", "status"));
        }
        Configured configured = Configured.read(
                surroundings,
                arguments.value("config-file").orElse(""),
                arguments.value("config-to-test").map(List::of).orElse(List.of()),
                arguments.value("config-to-exclude").map(List::of).orElse(List.of()));
        return switch (verb) {
            case "sh-nop" -> 0;
            case "sh-resources" -> names(configured.view().resources());
            case "sh-resource" -> names(resources(configured, AdmCommand.Over.RESOURCE));
            case "sh-dev" -> volumes(configured, volume -> volume.device().path());
            case "sh-minor" -> volumes(configured, volume -> Integer.toString(volume.minor()));
            case "sh-ll-dev" -> volumes(configured, AdmRun::backing);
            case "dump" -> dump(configured);
            case "up" -> up(configured);
            case "adjust" -> adjust(configured);
            case "create-md" -> createMetadata(configured);
            case "primary" -> primary(configured);
            default -> simple(configured, AdmCommand.named(verb).orElseThrow());
        };
    }

    private static String backing(Volume volume) {
        Volume.Backing backing = volume.backing();
        return backing == null ? "none" : backing.disk();
    }

    private static Command setup(String resource, String... words) {
        return new Command(Stage.RESOURCE, resource, Command.Program.BSRSETUP, List.of(words));
    }

    private List<Target> targets(Configured configured, AdmCommand.@Nullable Over over) throws AdmException {
        return ObjectName.targets(surroundings, configured.view(), verb, over, arguments.operands());
    }

    private List<ResourceView> resources(Configured configured, AdmCommand.@Nullable Over over) throws AdmException {
        return targets(configured, over).stream().map(Target::resource).toList();
    }

    private int names(List<ResourceView> resources) {
        resources.forEach(resource -> surroundings.out().println(resource.name()));
        return 0;
    }

    private int volumes(Configured configured, Function<Volume, String> text) throws AdmException {
        for (Target target : targets(configured, AdmCommand.Over.VOLUMES)) {
            target.volumes().forEach(volume -> surroundings.out().println(text.apply(volume)));
        }
        return 0;
    }

    private int dump(Configured configured) throws AdmException {
        Detail detail = arguments.has("verbose") ? Detail.EXPANDED : dryRun ? Detail.INHERITED : Detail.WRITTEN;
        DumpStyle style = new DumpStyle(detail, true);
        List<String> names = arguments.operands();
        boolean everything = names.isEmpty() || names.contains("all");
        requireLocalAddresses(
                configured,
                everything ? configured.view().resources() : resources(configured, AdmCommand.Over.RESOURCE));
        if (everything) {
            surroundings
                    .out()
                    .print(Dump.all(
                            configured.configuration(), configured.view().node(), style));
            return 0;
        }
        List<Resource> resources = resources(configured, AdmCommand.Over.RESOURCE).stream()
                .map(ResourceView::resource)
                .toList();
        surroundings
                .out()
                .print(Dump.resources(
                        configured.configuration(), resources, configured.view().node(), style));
        return 0;
    }

    private int up(Configured configured) throws AdmException {
        List<ResourceView> resources = resources(configured, AdmCommand.Over.RESOURCE);
        requireLocalAddresses(configured, resources);
        return runner.runStages(UpPlan.of(resources));
    }

    private int adjust(Configured configured) throws AdmException {
        List<ResourceView> resources = resources(configured, null);
        requireLocalAddresses(configured, resources);
        List<String> connectOptions =
                handedOn.stream().filter(word -> !word.startsWith("--skip-")).toList();
        AdjustPlan.Scope scope =
                new AdjustPlan.Scope(arguments.has("skip-disk"), arguments.has("skip-net"), connectOptions);
        Map<String, RunningResource> running = running();
        List<SetupPlan> plans = new ArrayList<>();
        for (ResourceView resource : resources) {
            AdjustPlan plan = AdjustPlan.of(resource, running.get(resource.name()), scope);
            if (!plan.refusals().isEmpty()) {
                throw new AdmException(AdmException.INVALID, String.join("\n", plan.refusals()));
            }
            plans.add(plan.plan());
        }
        return runner.runStages(SetupPlan.byStage(plans));
    }

    /** What the engine has. A dry run is possible without one, which then has nothing. */
    private Map<String, RunningResource> running() throws AdmException {
        Map<String, RunningResource> running = new TreeMap<>();
        try (ControlClient client = ControlClient.connect(surroundings.files())) {
            client.status().resources().forEach(status -> running.put(status.name(), RunningConfiguration.of(status)));
        } catch (ControlException e) {
            if (!dryRun) {
                throw new AdmException(StepRunner.FATAL, String.valueOf(e.getMessage()));
            }
        }
        return running;
    }

    private int createMetadata(Configured configured) throws AdmException {
        Integer maxPeers = arguments.value("max-peers").map(AdmRun::peers).orElse(null);
        List<String> options = handedOn.stream()
                .filter(word -> !word.startsWith("--max-peers"))
                .toList();
        for (Target target : targets(configured, AdmCommand.Over.VOLUMES)) {
            requireDisks(target);
            for (Command command :
                    CreateMetadataPlan.of(target, maxPeers, options).commands()) {
                int code = createMetadata(command);
                if (code != 0) {
                    return code;
                }
            }
        }
        return 0;
    }

    private static int peers(String text) {
        return Integer.parseInt(text);
    }

    /** The device keeps its uuid when its metadata are made anew. */
    private int createMetadata(Command command) {
        if (dryRun) {
            return runner.run(command);
        }
        String uuid = HexFormat.of().withUpperCase().toHexDigits(new SecureRandom().nextLong());
        int code = runner.run(command);
        return code != 0 ? code : runner.runSilently(meta(command, "write-dev-uuid", uuid));
    }

    /** Another command for the same metadata. */
    private static Command meta(Command like, String... words) {
        List<String> all = new ArrayList<>(like.arguments().subList(0, 4));
        all.addAll(List.of(words));
        return new Command(like.stage(), like.resource(), like.program(), all);
    }

    private int primary(Configured configured) throws AdmException {
        boolean force = arguments.has("force");
        int worst = 0;
        for (ResourceView resource : resources(configured, AdmCommand.Over.RESOURCE)) {
            boolean check = force && !arguments.has("skip-check-fs");
            for (Volume volume : check ? resource.volumes() : List.<Volume>of()) {
                int code = runner.run(setup(resource.name(), "check-fs", Integer.toString(volume.minor())));
                if (code != 0) {
                    surroundings.complain(
                            "bsrsetup check-fs failed for minor " + volume.minor() + ", exit code " + code + ".");
                    return code;
                }
            }
            List<String> options = handedOn.stream()
                    .filter(word -> !word.startsWith("--skip-check-fs") && !word.startsWith("--full-sync-on-fail"))
                    .toList();
            String[] words = Stream.concat(Stream.of("primary", resource.name()), options.stream())
                    .toArray(String[]::new);
            int code = runner.run(setup(resource.name(), words));
            worst = Math.max(worst, code);
            if (code >= StepRunner.FATAL) {
                return worst;
            }
        }
        return worst;
    }

    private int simple(Configured configured, AdmCommand command) throws AdmException {
        List<Target> targets = targets(configured, command.over());
        if (command.needs() == AdmCommand.Needs.ADDRESS) {
            requireLocalAddresses(
                    configured, targets.stream().map(Target::resource).toList());
        }
        int worst = 0;
        for (Target target : targets) {
            if (command.needs() == AdmCommand.Needs.DISK) {
                requireDisks(target);
            }
            int code = runner.runSteps(CommandPlan.of(command, target, handedOn));
            worst = Math.max(worst, code);
            if (code >= StepRunner.FATAL) {
                return worst;
            }
        }
        return worst;
    }

    private static void requireDisks(Target target) throws AdmException {
        if (target.volumes().stream().allMatch(Volume::diskless)) {
            throw new AdmException(NO_DISK, "Resource '" + target.resource().name() + "' has no disk on this node");
        }
    }

    /** The own address of every path is on an interface of this node; a dry run does not look. */
    private void requireLocalAddresses(Configured configured, List<ResourceView> resources) throws AdmException {
        if (dryRun || configured.configuration().global().disableIpVerification()) {
            return;
        }
        for (ResourceView resource : resources) {
            for (PeerView peer : resource.peers()) {
                for (PeerView.PathView path : peer.paths()) {
                    Address local = path.local();
                    if (!local.isLoopback() && !configured.addresses().contains(local.host())) {
                        throw new AdmException(
                                AdmException.INVALID,
                                resource.resource().at().fileAndLine() + ": in resource " + resource.name() + ":\n\tIP "
                                        + local.host() + " not found on this host.");
                    }
                }
            }
        }
    }
}
