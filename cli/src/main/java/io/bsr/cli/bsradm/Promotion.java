package io.bsr.cli.bsradm;

import io.bsr.config.model.ResourceView;
import io.bsr.config.model.Volume;
import io.bsr.config.plan.Command;
import io.bsr.config.plan.Stage;
import java.util.ArrayList;
import java.util.List;

/** {@code primary}, whose force is used only where the file systems look sound; command-line reference, section 2.5. */
final class Promotion {
    private final Invocation invocation;

    Promotion(Invocation invocation) {
        this.invocation = invocation;
    }

    int run() throws AdmException {
        boolean check =
                invocation.arguments().has("force") && !invocation.arguments().has("skip-check-fs");
        boolean fullSync = invocation.arguments().has("full-sync-on-fail");
        int worst = 0;
        for (ResourceView resource : invocation.resources()) {
            int failed = check ? check(resource, fullSync) : 0;
            if (failed != 0 && !fullSync) {
                return failed;
            }
            int code = promote(resource, failed != 0);
            worst = Math.max(worst, code);
            if (code >= StepRunner.FATAL) {
                return worst;
            }
        }
        return worst;
    }

    /** The exit code of the first check that failed; with {@code all} the others are run nevertheless. */
    private int check(ResourceView resource, boolean all) {
        int first = 0;
        for (Volume volume : resource.volumes()) {
            int code = invocation.runner().run(setup(resource, "check-fs", Integer.toString(volume.minor())));
            if (code != 0) {
                invocation
                        .surroundings()
                        .complain("bsrsetup check-fs failed for minor " + volume.minor() + ", exit code " + code + ".");
                first = first == 0 ? code : first;
                if (!all) {
                    return first;
                }
            }
        }
        return first;
    }

    private int promote(ResourceView resource, boolean fullSync) {
        List<String> words = new ArrayList<>(List.of("primary", resource.name()));
        invocation.handedOn().stream()
                .filter(word -> !word.startsWith("--skip-check-fs") && !word.startsWith("--full-sync-on-fail"))
                .forEach(words::add);
        if (fullSync) {
            invocation
                    .surroundings()
                    .complain(resource.name() + ": a file system did not pass, everything will be synchronised.");
            words.add("--full-sync");
        }
        return invocation.runner().run(setup(resource, words.toArray(String[]::new)));
    }

    private static Command setup(ResourceView resource, String... words) {
        return new Command(Stage.RESOURCE, resource.name(), Command.Program.BSRSETUP, List.of(words));
    }
}
