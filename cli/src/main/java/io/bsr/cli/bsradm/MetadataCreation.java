package io.bsr.cli.bsradm;

import io.bsr.config.plan.Command;
import io.bsr.config.plan.CreateMetadataPlan;
import io.bsr.config.plan.Target;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** {@code create-md}; command-line reference, section 2.5. */
final class MetadataCreation {
    /** Minor, format, device and index stand before the command of the metadata tool. */
    private static final int HEAD = 4;

    private final Invocation invocation;

    MetadataCreation(Invocation invocation) {
        this.invocation = invocation;
    }

    /** Volume by volume; the first that fails is the last. */
    int run() throws AdmException {
        Integer maxPeers = invocation
                .arguments()
                .value("max-peers")
                .map(text -> Integer.valueOf(text))
                .orElse(null);
        List<String> options = invocation.handedOn().stream()
                .filter(word -> !word.startsWith("--max-peers"))
                .toList();
        for (Target target : invocation.targets()) {
            AdmRun.requireDisks(target);
            for (Command command :
                    CreateMetadataPlan.of(target, maxPeers, options).commands()) {
                int code = create(command);
                if (code != 0) {
                    return code;
                }
            }
        }
        return 0;
    }

    /** The device gets a name of its own with its metadata. */
    private int create(Command command) {
        int code = invocation.runner().run(command);
        if (code != 0 || invocation.dryRun()) {
            return code;
        }
        String uuid = HexFormat.of().withUpperCase().toHexDigits(new SecureRandom().nextLong());
        List<String> words = new ArrayList<>(command.arguments().subList(0, HEAD));
        words.addAll(List.of("write-dev-uuid", uuid));
        return invocation
                .runner()
                .runSilently(new Command(command.stage(), command.resource(), command.program(), words));
    }
}
