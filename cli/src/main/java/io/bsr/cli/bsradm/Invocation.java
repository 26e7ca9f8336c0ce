package io.bsr.cli.bsradm;

import io.bsr.cli.argument.Arguments;
import io.bsr.cli.terminal.Surroundings;
import io.bsr.config.declared.Address;
import io.bsr.config.model.PeerView;
import io.bsr.config.model.ResourceView;
import io.bsr.config.plan.AdmCommand;
import io.bsr.config.plan.Target;
import java.util.List;

/**
 * One command line, its configuration read.
 *
 * @param handedOn options for the lower tools, as words
 */
record Invocation(
        Surroundings surroundings,
        AdmCommand command,
        Arguments arguments,
        List<String> handedOn,
        Configured configured,
        StepRunner runner) {

    boolean dryRun() {
        return arguments.has("dry-run");
    }

    void print(String line) {
        surroundings.out().println(line);
    }

    /** What the names mean. */
    List<Target> targets() throws AdmException {
        return ObjectName.targets(surroundings, configured.view(), command, arguments.operands());
    }

    /** The resources that the names mean. */
    List<ResourceView> resources() throws AdmException {
        return targets().stream().map(Target::resource).toList();
    }

    /** The own address of every path is on an interface of this node; a dry run does not look. */
    void requireLocalAddresses(List<ResourceView> resources) throws AdmException {
        if (dryRun() || configured.configuration().global().disableIpVerification()) {
            return;
        }
        for (ResourceView resource : resources) {
            for (PeerView peer : resource.peers()) {
                for (PeerView.PathView path : peer.paths()) {
                    Address local = path.local();
                    if (!local.isLoopback() && !configured.local().test(local.host())) {
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
