package io.bsr.engine;

import io.bsr.base.error.Outcome;
import io.bsr.control.ControlClient;
import io.bsr.control.ControlException;
import io.bsr.control.EngineFiles;
import io.bsr.control.ProductVersion;
import io.bsr.control.command.Command;
import io.bsr.control.status.EngineInfo;
import io.bsr.control.status.ParameterStatus;
import java.util.List;

/** What {@code bsrd} says about itself instead of running, and changes in the one that runs. */
final class About {
    private static final int FAILED = 1;
    private static final int USAGE = 2;

    private About() {}

    /** {@code --info}: the counterpart of lsmod and modinfo. */
    static int show(EngineOptions options) throws StartException {
        ProductVersion version = ProductVersion.ofBuild();
        EngineFiles files = new EngineFiles(options.root());
        System.out.println("name:    " + ProductVersion.NAME);
        System.out.println("version: " + version.version());
        System.out.println("build:   " + version.build());
        System.out.println("java:    " + Runtime.version());
        System.out.println("node:    " + options.node());
        System.out.println("root:    " + files.root());
        System.out.println("control: " + files.controlSocket());
        for (int i = 0; i < options.loops(); i++) {
            NbdAddresses.of(files, options, i).forEach(address -> System.out.println("nbd:     " + address));
        }
        System.out.println("loops:   " + options.loops());
        System.out.println("edge:    " + Engine.edge(options));
        List<ParameterStatus> parameters = Engine.parameters(files, options).status();
        try (ControlClient client = ControlClient.connect(files)) {
            if (client.call(new Command.Info()).result() instanceof EngineInfo running) {
                System.out.println("state:   running as process " + running.pid() + ", version " + running.version()
                        + ", build " + running.build() + ", since " + running.uptimeSeconds() + " s");
                parameters = running.parameters();
            }
        } catch (ControlException e) {
            boolean none = e.kind() == ControlException.Kind.NOT_RUNNING;
            System.out.println("state:   " + (none ? "not running" : "not known: " + e.getMessage()));
        }
        parameters.forEach(parameter -> System.out.println(parameter.line()));
        return 0;
    }

    /** {@code --set NAME=VALUE}: the counterpart of writing to {@code /sys/module/bsr/parameters}. */
    static int change(EngineOptions options, String assignment) {
        int equals = assignment.indexOf('=');
        Command command = new Command.SetParameter(assignment.substring(0, equals), assignment.substring(equals + 1));
        try (ControlClient client = ControlClient.connect(new EngineFiles(options.root()))) {
            Outcome outcome = client.run(command);
            if (outcome.success()) {
                return 0;
            }
            System.err.println("bsrd: " + outcome.detail());
            return USAGE;
        } catch (ControlException e) {
            System.err.println("bsrd: " + e.getMessage());
            return FAILED;
        }
    }
}
