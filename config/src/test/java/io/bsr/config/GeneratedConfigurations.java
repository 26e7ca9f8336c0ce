package io.bsr.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Configurations made up from a seed, in the part of the language that bsr and DRBD share. The device prefix is {@code
 * bsr}; replace it to get DRBD's text.
 */
final class GeneratedConfigurations {
    private static final List<String> NET = List.of(
            "protocol A",
            "protocol C",
            "protocol b",
            "timeout 50",
            "timeout 60",
            "ping-int 10",
            "ping-int 12",
            "connect-int 20",
            "ko-count 7",
            "max-buffers 8000",
            "max-buffers 8k",
            "allow-two-primaries yes",
            "after-sb-0pri discard-zero-changes",
            "after-sb-1pri consensus",
            "after-sb-2pri disconnect",
            "cram-hmac-alg sha1",
            "shared-secret \"a b\"",
            "shared-secret secret",
            "verify-alg crc32c",
            "use-rle no",
            "tcp-cork no",
            "no-tcp-cork yes",
            "fencing resource-only",
            "csums-alg md5",
            "rcvbuf-size 1M",
            "rr-conflict violently",
            "data-integrity-alg sha1");
    private static final List<String> DISK = List.of(
            "on-io-error detach",
            "on-io-error pass_on",
            "disk-barrier no",
            "disk-flushes yes",
            "al-updates no",
            "disk-timeout 10",
            "disk-timeout 20",
            "read-balancing 64K-striping",
            "rs-discard-granularity 4k",
            "al-extents 1009");
    private static final List<String> PEER_DEVICE = List.of(
            "resync-rate 10M",
            "resync-rate 10240",
            "c-plan-ahead 10",
            "c-min-rate 4M",
            "c-max-rate 100M",
            "c-fill-target 1M",
            "c-delay-target 5");
    private static final List<String> RESOURCE = List.of(
            "quorum majority",
            "quorum 2",
            "on-no-quorum io-error",
            "on-no-data-accessible suspend-io",
            "cpu-mask 3",
            "peer-ack-delay 200",
            "peer-ack-window 2M");
    private static final List<String> STARTUP =
            List.of("wfc-timeout 10", "degr-wfc-timeout 20", "outdated-wfc-timeout 30", "wait-after-sb yes");
    private static final List<String> HANDLERS = List.of(
            "split-brain \"/bin/true x\"", "pri-lost /bin/false", "fence-peer \"a; b\"", "out-of-sync \"echo hi\"");
    private static final List<String> MISTAKES = List.of(
            "net { ping-int 0; }",
            "net { ping-int abc; }",
            "net { protocol D; }",
            "net { tcp-cork maybe; }",
            "disk { disk-timeout 7000; }",
            "disk { on-io-error nothing; }",
            "net { unknown-option 1; }",
            "net { timeout 50 }",
            "options { quorum some; }",
            "on a { node-id 9; }",
            "volume x { }",
            "connection-mesh { hosts a zz; }",
            "startup { wfc-timeout 300001; }",
            "handlers { nothing x; }",
            "connection { host a; host nobody; }",
            "disk { c-plan-ahead 301; }",
            "net { } net { }",
            "; ",
            "options { } }",
            "volume 77 { device minor 77; disk /dev/z; meta-disk internal; } device minor 3;");

    private final Random random;
    private final StringBuilder out = new StringBuilder();
    private int minor;

    private GeneratedConfigurations(long seed) {
        this.random = new Random(seed);
    }

    /** A configuration with hosts a, b and perhaps c, without a known mistake but perhaps ambiguous. */
    static String of(long seed) {
        return new GeneratedConfigurations(seed).configuration("");
    }

    /** The same with one statement that cannot be right. */
    static String withMistake(long seed) {
        return new GeneratedConfigurations(seed).configuration(MISTAKES.get((int) (seed % MISTAKES.size())));
    }

    private String configuration(String mistake) {
        out.append("global { disable-ip-verification; usage-count no; }\n");
        if (random.nextBoolean()) {
            out.append("common {\n");
            sections(true);
            out.append("}\n");
        }
        int resources = 1 + random.nextInt(3);
        for (int i = 0; i < resources; i++) {
            resource(i, i == resources - 1 ? mistake : "");
        }
        return out.toString();
    }

    private void resource(int number, String mistake) {
        out.append(random.nextBoolean() ? "# a comment\n" : "")
                .append("resource r")
                .append(number)
                .append(" {\n");
        boolean implicit = random.nextInt(4) == 0;
        int hosts = 2 + random.nextInt(2);
        int volumes = implicit ? 1 : 1 + random.nextInt(3);
        int firstMinor = minor;
        minor += volumes;
        boolean inHosts = random.nextInt(3) == 0;
        if (!inHosts) {
            volumes("  ", implicit, volumes, firstMinor, "");
        }
        sections(false);
        List<String> names = List.of("a", "b", "c").subList(0, hosts);
        for (String name : names) {
            int id = names.indexOf(name);
            out.append("  on ").append(name).append(" {\n    node-id ").append(id);
            out.append(";\n    address ")
                    .append(
                            id == 2
                                    ? "ipv6 [" + (number % 2 == 0 ? "::" : "fd00::") + (number + 1) + "]"
                                    : "10.0." + number + "." + (id + 1));
            out.append(":").append(7788 + number).append(";\n");
            if (inHosts) {
                volumes("    ", implicit, volumes, firstMinor, name);
            } else if (!implicit && random.nextInt(4) == 0) {
                out.append("    volume 0 { disk /dev/other")
                        .append(number)
                        .append(name)
                        .append("; }\n");
            }
            out.append("  }\n");
        }
        connections(names, 8000 + number);
        if (!mistake.isEmpty()) {
            out.append("  ").append(mistake).append('\n');
        }
        if (random.nextInt(5) == 0) {
            out.append("  skip net { anything goes here; }\n");
        }
        out.append("}\n");
    }

    private void volumes(String indent, boolean implicit, int count, int firstMinor, String suffix) {
        for (int v = 0; v < count; v++) {
            int number = firstMinor + v;
            String device = random.nextBoolean() ? "/dev/bsr" + number : "minor " + number;
            String meta =
                    switch (random.nextInt(3)) {
                        case 0 -> "internal";
                        case 1 -> "/dev/md" + suffix + " [" + number + "]";
                        default -> "/dev/md" + suffix + number;
                    };
            String text = "device " + device + "; disk /dev/vg/" + suffix + number + "; meta-disk " + meta + ";";
            String options =
                    random.nextInt(3) == 0 && !implicit ? " disk { " + pick(DISK, 2) + pick(PEER_DEVICE, 1) + "}" : "";
            out.append(indent)
                    .append(implicit ? text : "volume " + v + " { " + text + options + " }")
                    .append('\n');
        }
    }

    private void sections(boolean common) {
        section("net", NET, 3);
        if (random.nextInt(3) == 0) {
            out.append("  disk { ")
                    .append(pick(DISK, 2))
                    .append(pick(PEER_DEVICE, 2))
                    .append("}\n");
        }
        section("options", RESOURCE, 2);
        if (common || random.nextInt(3) == 0) {
            section("startup", STARTUP, 2);
            section("handlers", HANDLERS, 2);
        }
    }

    private void section(String name, List<String> options, int most) {
        if (random.nextInt(3) != 0) {
            out.append("  ")
                    .append(name)
                    .append(" { ")
                    .append(pick(options, most))
                    .append("}\n");
        }
    }

    /** Some options, none of them twice. */
    private String pick(List<String> options, int most) {
        List<String> names = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        int count = random.nextInt(most + 1);
        for (int i = 0; i < count; i++) {
            String option = options.get(random.nextInt(options.size()));
            String name = option.substring(option.startsWith("no-") ? 3 : 0, option.indexOf(' '));
            if (!names.contains(name)) {
                names.add(name);
                text.append(option).append("; ");
            }
        }
        return text.toString();
    }

    private void connections(List<String> names, int port) {
        int kind = random.nextInt(4);
        if (kind == 0 && names.size() == 2) {
            return;
        }
        if (kind <= 1) {
            out.append("  connection-mesh { hosts ")
                    .append(String.join(" ", names))
                    .append("; ");
            out.append(random.nextBoolean() ? "net { " + pick(NET, 1) + "} " : "")
                    .append("}\n");
            return;
        }
        for (int i = 0; i < names.size(); i++) {
            for (int j = i + 1; j < names.size(); j++) {
                connection(names.get(i), names.get(j), port);
            }
        }
    }

    private void connection(String first, String second, int port) {
        out.append("  connection { ");
        switch (random.nextInt(3)) {
            case 0 ->
                out.append("host ")
                        .append(first)
                        .append("; host ")
                        .append(second)
                        .append("; ");
            case 1 ->
                out.append("host ")
                        .append(first)
                        .append(" port 99; host ")
                        .append(second)
                        .append(" address 10.9." + (second.charAt(0) - first.charAt(0)) + "." + (int) first.charAt(0)
                                + ":" + port + "; ");
            default -> {
                out.append("path { host ")
                        .append(first)
                        .append("; host ")
                        .append(second)
                        .append("; } ");
                out.append("path { host ")
                        .append(first)
                        .append(" port 1; host ")
                        .append(second)
                        .append(" port 2; } ");
            }
        }
        out.append("net { ").append(pick(NET, 2)).append("} ");
        if (random.nextInt(3) == 0) {
            out.append("disk { ").append(pick(PEER_DEVICE, 1)).append("} ");
        }
        if (random.nextInt(3) == 0) {
            out.append("volume 0 { disk { ").append(pick(PEER_DEVICE, 1)).append("} } ");
        }
        out.append("}\n");
    }
}
