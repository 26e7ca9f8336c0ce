package io.bsr.cli.bsradm;

import io.bsr.config.model.Volume;
import io.bsr.config.plan.Command;
import io.bsr.config.plan.Stage;
import io.bsr.config.plan.Target;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** {@code minor-mount-path}: where the device of a volume is mounted; command-line reference, section 2.4. */
final class MountPaths {
    private final Invocation invocation;

    MountPaths(Invocation invocation) {
        this.invocation = invocation;
    }

    int run() throws AdmException {
        int worst = 0;
        for (Target target : invocation.targets()) {
            for (Volume volume : target.volumes()) {
                List<String> words = List.of(
                        "minor-mount-path",
                        Integer.toString(volume.minor()),
                        mountPoint(volume.device().path()));
                Command call = new Command(Stage.DISK, target.resource().name(), Command.Program.BSRSETUP, words);
                worst = Math.max(worst, invocation.runner().run(call));
            }
        }
        return worst;
    }

    private static String mountPoint(String device) {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/mounts"), StandardCharsets.ISO_8859_1)) {
                String[] fields = line.split(" ", -1);
                if (fields.length > 1 && fields[0].equals(device)) {
                    return fields[1];
                }
            }
        } catch (IOException e) {
            // A system without that file has no such devices either.
            return "";
        }
        return "";
    }
}
