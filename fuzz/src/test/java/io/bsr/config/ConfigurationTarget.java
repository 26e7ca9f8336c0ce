package io.bsr.config;

import io.bsr.config.diagnostic.ConfigException;
import io.bsr.config.diagnostic.Diagnostic;
import io.bsr.config.dump.Dump;
import io.bsr.config.dump.DumpStyle;
import io.bsr.config.file.MemoryFiles;
import io.bsr.config.model.NodeIdentity;
import io.bsr.config.plan.UpPlan;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;

/** A configuration file. */
public final class ConfigurationTarget {
    private static final NodeIdentity NODE = NodeIdentity.named("a");

    private ConfigurationTarget() {}

    /** All findings can be shown; what is valid is valid after a dump, and means the same. */
    public static void fuzzerTestOneInput(byte[] input) {
        ReadResult result = read(input);
        result.diagnostics().forEach(Diagnostic::render);
        if (!result.valid()) {
            return;
        }
        String dump = Dump.all(result.configuration(), NODE, new DumpStyle(DumpStyle.Detail.WRITTEN, false));
        ReadResult again = read(dump.getBytes(StandardCharsets.UTF_8));
        if (!again.valid()) {
            throw new AssertionError("the dump is not valid: " + again.diagnostics() + "\n" + dump);
        }
        if (!up(result).equals(up(again))) {
            throw new AssertionError("the dump means something else:\n" + dump);
        }
    }

    private static ReadResult read(byte[] text) {
        return new ConfigReader(new MemoryFiles().with("/f", text)).read("/f", ReadOptions.forNode(NODE));
    }

    private static List<String> up(ReadResult result) {
        try {
            return UpPlan.of(result.configuration().viewOf(NODE).resources()).shellLines();
        } catch (ConfigException refused) {
            return List.of(refused.toString());
        }
    }

    public static List<byte[]> seeds() {
        return IntStream.range(0, 60)
                .mapToObj(i -> i % 3 == 0 ? GeneratedConfigurations.withMistake(i) : GeneratedConfigurations.of(i))
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .toList();
    }
}
