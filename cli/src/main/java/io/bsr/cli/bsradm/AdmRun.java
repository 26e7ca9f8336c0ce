package io.bsr.cli.bsradm;

import io.bsr.cli.argument.Arguments;
import io.bsr.cli.terminal.ConfigurationLinks;
import io.bsr.cli.terminal.Surroundings;
import io.bsr.config.dump.Dump;
import io.bsr.config.dump.DumpStyle;
import io.bsr.config.dump.DumpStyle.Detail;
import io.bsr.config.dump.DumpXml;
import io.bsr.config.model.PeerView;
import io.bsr.config.model.Resource;
import io.bsr.config.model.ResourceView;
import io.bsr.config.model.Volume;
import io.bsr.config.plan.AdmCommand;
import io.bsr.config.plan.AdmCommand.Trait;
import io.bsr.config.plan.Command;
import io.bsr.config.plan.CommandPlan;
import io.bsr.config.plan.ProxyPlan;
import io.bsr.config.plan.SetupPlan;
import io.bsr.config.plan.Stage;
import io.bsr.config.plan.Target;
import io.bsr.config.plan.UpPlan;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Carries out one command of {@code bsradm}; command-line reference, sections 2.4 to 2.11. */
final class AdmRun {
    private static final int NO_DISK = 10;

    private final Surroundings surroundings;
    private final AdmCommand command;
    private final Arguments arguments;
    private final List<String> handedOn;

    /** @param handedOn options for the lower tools, as words */
    AdmRun(Surroundings surroundings, AdmCommand command, Arguments arguments, List<String> handedOn) {
        this.surroundings = surroundings;
        this.command = command;
        this.arguments = arguments;
        this.handedOn = handedOn;
    }

    int run() throws AdmException {
        if (command == AdmCommand.HIDDEN_COMMANDS) {
            surroundings.out().print(HelpText.hiddenCommands());
            return 0;
        }
        if (command == AdmCommand.STATUS && arguments.operands().isEmpty()) {
            StepRunner runner = StepRunner.of(surroundings, arguments, TimeLimits.DEFAULTS, Optional.empty());
            return runner.run(new Command(Stage.RESOURCE, "", Command.Program.BSRSETUP, List.of("status")));
        }
        Invocation invocation = invocation();
        if (command.over() == AdmCommand.Over.NOTHING && !arguments.operands().isEmpty()) {
            surroundings.complain("This command will ignore resource names!");
        }
        if (arguments.has("stacked")) {
            return stacked(invocation);
        }
        return switch (command) {
            case DUMP, DUMP_XML -> dump(invocation);
            case UP -> up(invocation);
            case ADJUST, ADJUST_WITH_PROGRESS -> new Adjustment(invocation).run();
            case CREATE_MD -> new MetadataCreation(invocation).run();
            case PRIMARY -> new Promotion(invocation).run();
            case RESIZE, CHECK_RESIZE -> resize(invocation);
            case PROXY_UP, PROXY_DOWN -> proxy(invocation);
            case WAIT_CON_INT -> new WaitDialog(invocation).run();
            case MINOR_MOUNT_PATH -> new MountPaths(invocation).run();
            default -> command.is(Trait.OWN) ? new ShellAnswers(invocation).run() : simple(invocation);
        };
    }

    private Invocation invocation() throws AdmException {
        if (arguments.value("config-to-test").isPresent() && !command.is(Trait.TESTABLE)) {
            throw new AdmException(
                    AdmException.USAGE,
                    "The --config-to-test (-t) option is only allowed with the dump, dump-xml and sh-nop commands");
        }
        Configured configured = Configured.read(
                surroundings,
                arguments.value("config-file").orElseGet(this::fileOfMinor),
                arguments.value("config-to-test").map(List::of).orElse(List.of()),
                arguments.value("config-to-exclude").map(List::of).orElse(List.of()));
        TimeLimits limits = TimeLimits.of(configured.configuration().global());
        StepRunner runner = StepRunner.of(surroundings, arguments, limits, configured.file());
        return new Invocation(surroundings, command, arguments, handedOn, configured, runner);
    }

    /** With which file the minor that {@code sh-udev} is about was created; empty if that is not known. */
    private String fileOfMinor() {
        String prefix = "minor-";
        return arguments.operands().stream()
                .filter(name -> command == AdmCommand.SH_UDEV && name.matches(prefix + "[0-9]{1,9}"))
                .map(name -> new ConfigurationLinks(surroundings.files())
                        .ofMinor(Integer.parseInt(name.substring(prefix.length()))))
                .flatMap(link -> ConfigurationLinks.target(link).stream())
                .map(Path::toString)
                .findFirst()
                .orElse("");
    }

    /** No resource can be stacked; commands about all of them have nothing to do. */
    private int stacked(Invocation invocation) throws AdmException {
        if (command.over() == AdmCommand.Over.NOTHING) {
            return 0;
        }
        throw new AdmException(
                AdmException.USAGE,
                "WARN: nothing stacked for this host ("
                        + invocation.configured().view().node().name() + "), nothing to do in stacked mode!");
    }

    private int dump(Invocation invocation) throws AdmException {
        Detail detail =
                arguments.has("verbose") ? Detail.EXPANDED : invocation.dryRun() ? Detail.INHERITED : Detail.WRITTEN;
        DumpStyle style = new DumpStyle(detail, true);
        Configured configured = invocation.configured();
        boolean xml = command == AdmCommand.DUMP_XML;
        if (arguments.operands().isEmpty() || arguments.operands().contains("all")) {
            invocation.requireLocalAddresses(configured.view().resources());
            surroundings
                    .out()
                    .print(
                            xml
                                    ? DumpXml.all(configured.configuration())
                                    : Dump.all(
                                            configured.configuration(),
                                            configured.view().node(),
                                            style));
            return 0;
        }
        List<Resource> resources = new ArrayList<>(othersNamed(configured));
        if (resources.isEmpty()) {
            List<ResourceView> views = invocation.resources();
            invocation.requireLocalAddresses(views);
            views.forEach(view -> resources.add(view.resource()));
        }
        surroundings
                .out()
                .print(
                        xml
                                ? DumpXml.resources(resources)
                                : Dump.resources(
                                        configured.configuration(),
                                        resources,
                                        configured.view().node(),
                                        style));
        return 0;
    }

    /** The resources of other hosts, if these are named and the name of this host shall be ignored. */
    private List<Resource> othersNamed(Configured configured) {
        List<String> names = arguments.operands();
        if (!arguments.has("ignore-hostname") || !configured.view().ignored().containsAll(names)) {
            return List.of();
        }
        return configured.configuration().resources().stream()
                .filter(resource -> names.contains(resource.name()))
                .toList();
    }

    private int up(Invocation invocation) throws AdmException {
        List<ResourceView> resources = new ArrayList<>();
        for (Target target : invocation.targets()) {
            PeerView peer = target.peer();
            resources.add(peer == null ? target.resource() : target.resource().towards(peer));
        }
        invocation.requireLocalAddresses(resources);
        return invocation.runner().runStages(UpPlan.of(resources));
    }

    /** What the engine reports when the command ends is the new size: there is nothing to wait for. */
    private int resize(Invocation invocation) throws AdmException {
        int worst = 0;
        for (Target target : invocation.targets()) {
            if (command.is(Trait.DISK)) {
                requireDisks(target);
            }
            for (Volume volume : target.volumes()) {
                Target one = new Target(target.resource(), volume, null);
                int code = invocation.runner().runUntilFailure(CommandPlan.of(command, one, handedOn));
                worst = Math.max(worst, code);
                if (code >= StepRunner.FATAL) {
                    return worst;
                }
            }
        }
        return worst;
    }

    private int proxy(Invocation invocation) throws AdmException {
        int worst = 0;
        boolean found = false;
        for (Target target : invocation.targets()) {
            SetupPlan plan = command == AdmCommand.PROXY_UP
                    ? ProxyPlan.up(target, invocation.configured().view().node())
                    : ProxyPlan.down(target, invocation.configured().view().node());
            found |= !plan.isEmpty();
            for (Command call : plan.commands()) {
                worst = Math.max(worst, invocation.runner().run(call));
            }
        }
        if (!found) {
            throw new AdmException(
                    AdmException.USAGE,
                    "No connection goes through an accelerator of this host. Name this host behind 'proxy on'.");
        }
        return worst;
    }

    private int simple(Invocation invocation) throws AdmException {
        List<Target> targets = invocation.targets();
        if (command.is(Trait.ADDRESS)) {
            invocation.requireLocalAddresses(
                    targets.stream().map(Target::resource).toList());
        }
        int worst = 0;
        for (Target target : targets) {
            if (command.is(Trait.DISK)) {
                requireDisks(target);
            }
            int code = invocation.runner().runSteps(CommandPlan.of(command, target, handedOn));
            worst = Math.max(worst, code);
            if (code >= StepRunner.FATAL) {
                return worst;
            }
        }
        return worst;
    }

    static void requireDisks(Target target) throws AdmException {
        if (target.volumes().stream().allMatch(Volume::diskless)) {
            throw new AdmException(NO_DISK, "Resource '" + target.resource().name() + "' has no disk on this node");
        }
    }
}
