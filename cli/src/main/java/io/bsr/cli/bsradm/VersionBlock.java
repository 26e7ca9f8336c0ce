package io.bsr.cli.bsradm;

import io.bsr.cli.terminal.Surroundings;
import io.bsr.control.ControlClient;
import io.bsr.control.ControlException;
import io.bsr.control.ProductVersion;
import io.bsr.control.command.Command;
import io.bsr.control.status.EngineInfo;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The lines of {@code bsradm -V}: assignments of a shell, which scripts evaluate. */
final class VersionBlock {
    /** The version of the original that this one stands for. */
    static final String VERSION = "1.7.8.1";

    private static final String NOT_RUNNING = "0.0.0.0";
    private static final String OVERRIDE = "BSR_DRIVER_VERSION_OVERRIDE";
    private static final Pattern NUMBERS =
            Pattern.compile("([0-9]{1,3})\\.([0-9]{1,3})\\.([0-9]{1,3})(?:\\.([0-9]{1,3}))?");

    private VersionBlock() {}

    static int print(Surroundings surroundings) {
        ProductVersion product = ProductVersion.ofBuild();
        String engine = engineVersion(surroundings);
        surroundings
                .out()
                .println("BSRADM_BUILDTAG="
                        + shellWord(
                                "GIT-hash: " + product.build() + " " + ProductVersion.NAME + " " + product.version()));
        surroundings.out().println("BSRADM_API_VERSION=2");
        surroundings.out().println("BSR_KERNEL_VERSION_CODE=" + code(engine));
        surroundings.out().println("BSR_KERNEL_VERSION=" + engine);
        surroundings.out().println("BSRADM_VERSION_CODE=" + code(VERSION));
        surroundings.out().println("BSRADM_VERSION=" + VERSION);
        return 0;
    }

    /** The engine stands for the kernel module: without it the version is zero. */
    private static String engineVersion(Surroundings surroundings) {
        String override = System.getenv(OVERRIDE);
        if (override != null && NUMBERS.matcher(override).matches()) {
            return override;
        }
        try (ControlClient client = ControlClient.connect(surroundings.files())) {
            return client.call(new Command.Info()).result() instanceof EngineInfo ? VERSION : NOT_RUNNING;
        } catch (ControlException e) {
            return NOT_RUNNING;
        }
    }

    /** Four bytes: major, minor, sub, patch. */
    private static String code(String version) {
        Matcher numbers = NUMBERS.matcher(version);
        int code = 0;
        if (numbers.matches()) {
            for (int i = 1; i <= 4; i++) {
                code = (code << 8) + (numbers.group(i) == null ? 0 : Integer.parseInt(numbers.group(i)) & 0xff);
            }
        }
        String digits = Integer.toHexString(code);
        return "0x" + "0".repeat(8 - digits.length()) + digits;
    }

    private static String shellWord(String text) {
        return text.replaceAll("([^A-Za-z0-9_.,:/@+=-])", "\\\\$1");
    }
}
