package io.bsr.cli.bsradm;

import io.bsr.cli.terminal.Surroundings;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Another program, run to its end or to a limit. */
final class Child {
    /** Exit code for a program that cannot be run, or does not end in time. */
    static final int FAILED = 20;

    private Child() {}

    /**
     * Runs a program; what it prints goes where this tool prints.
     *
     * @param environment variables beside those of this process
     * @param limitSeconds 0 is no limit
     */
    static int run(Surroundings surroundings, List<String> words, Map<String, String> environment, long limitSeconds) {
        surroundings.out().flush();
        ProcessBuilder builder = new ProcessBuilder(words).redirectInput(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(environment);
        try {
            Process process = builder.start();
            Thread out = copy(process.getInputStream(), surroundings.out());
            Thread err = copy(process.getErrorStream(), surroundings.err());
            if (limitSeconds == 0) {
                process.waitFor();
            } else if (!process.waitFor(limitSeconds, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                surroundings.complain(
                        "Command '" + words.getFirst() + "' did not terminate within " + limitSeconds + " seconds");
                return FAILED;
            }
            out.join();
            err.join();
            return process.exitValue();
        } catch (IOException e) {
            surroundings.complain("Can not execute '" + words.getFirst() + "': " + e.getMessage());
            return FAILED;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return FAILED;
        }
    }

    private static Thread copy(InputStream from, PrintStream to) {
        return Thread.ofVirtual().start(() -> {
            try (from) {
                from.transferTo(to);
            } catch (IOException e) {
                // The program, or whoever reads this tool's output, is gone: there is nothing left to copy.
                to.flush();
            }
        });
    }
}
