package io.bsr.architecture;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs a command to its end. */
final class Command {
    private Command() {}

    /**
     * How a command ended.
     *
     * @param exitCode its exit code
     * @param output what it wrote to standard output and standard error
     */
    record Result(int exitCode, String output) {}

    static Result run(Map<String, String> environment, String... command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(1, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new IOException(command[0] + " did not end; so far it said:\n" + output);
        }
        return new Result(process.exitValue(), output);
    }
}
