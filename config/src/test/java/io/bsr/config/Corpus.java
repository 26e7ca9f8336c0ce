package io.bsr.config;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * The configurations with which our reader is compared with drbdadm: generated ones from seeds, and one for each statement
 * of {@code corpus/statements.txt}, put into its place in a small configuration. Always the same.
 */
final class Corpus {
    private static final int GENERATED = 140;
    private static final int WITH_MISTAKE = 40;
    private static final int FIRST_SEED = 5000;
    private static final Set<String> PLACES = Set.of(
            "GLOBAL", "TOP", "COMMON", "RESOURCE", "NET", "DISK", "OPTIONS", "STARTUP", "HANDLERS", "HOST", "END");

    /** A configuration with the device prefix bsr; {@link #drbd} has the other one. */
    record Sample(int number, String text) {
        String drbd() {
            return text.replace("bsr", "drbd");
        }
    }

    private Corpus() {}

    static List<Sample> samples() throws IOException {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < GENERATED; i++) {
            texts.add(GeneratedConfigurations.of(FIRST_SEED + i));
        }
        for (int i = 0; i < WITH_MISTAKE; i++) {
            texts.add(GeneratedConfigurations.withMistake(FIRST_SEED + i));
        }
        for (String line : Texts.resource("corpus/statements.txt").lines().toList()) {
            int tab = line.indexOf('\t');
            if (tab > 0 && !line.startsWith("#")) {
                String statement = line.substring(tab + 1)
                        .replace("\\n", "\n")
                        .replace("\\u0001", "\u0001")
                        .replace("\\\"", "\"");
                texts.add(withStatement(line.substring(0, tab), statement, texts.size()));
            }
        }
        List<Sample> samples = new ArrayList<>();
        for (String text : texts) {
            samples.add(new Sample(samples.size(), text));
        }
        return samples;
    }

    /** A small configuration with a statement at a place of it; the variant decides what stands beside it. */
    private static String withStatement(String place, String statement, int variant) {
        UnaryOperator<String> at = name -> name.equals(place) ? "  " + statement + "\n" : "";
        if (!PLACES.contains(place)) {
            throw new IllegalArgumentException(place);
        }
        boolean withCommon = variant % 2 == 0 && !place.equals("TOP");
        StringBuilder text = new StringBuilder();
        text.append("global { disable-ip-verification; usage-count no;\n" + at.apply("GLOBAL") + "}\n");
        if (withCommon || place.equals("COMMON")) {
            text.append("common {\n" + at.apply("COMMON") + "  net { ping-int 12; }\n}\n");
        }
        text.append(at.apply("TOP"));
        text.append("resource r0 {\n").append(at.apply("RESOURCE"));
        section(text, "net", at.apply("NET"));
        section(text, "disk", at.apply("DISK"));
        section(text, "options", at.apply("OPTIONS"));
        section(text, "startup", at.apply("STARTUP"));
        section(text, "handlers", at.apply("HANDLERS"));
        text.append("  volume 0 { device minor 0; disk /dev/vg/0; meta-disk internal; }\n");
        text.append("  on a {\n    node-id 0;\n    address 10.0.0.1:7788;\n" + at.apply("HOST") + "  }\n");
        text.append("  on b {\n    node-id 1;\n    address 10.0.0.2:7788;\n  }\n}\n");
        text.append(at.apply("END"));
        return text.toString();
    }

    private static void section(StringBuilder text, String name, String content) {
        if (!content.isEmpty()) {
            text.append("  " + name + " {\n  ").append(content).append("  }\n");
        }
    }
}
