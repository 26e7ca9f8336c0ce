package io.bsr.cli.bsrsupport;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Asks programs of the system. */
final class Programs {
    private static final int PATIENCE_SECONDS = 20;

    private Programs() {}

    /** What a program prints, or why it did not. */
    static String output(List<String> command) throws InterruptedException {
        String line = "# " + String.join(" ", command) + "\n";
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectInput(Redirect.from(new File("/dev/null")))
                    .start();
        } catch (IOException e) {
            return line + "[it cannot be run: " + e.getMessage() + "]\n";
        }
        CompletableFuture<String> output = new CompletableFuture<>();
        Thread.ofPlatform()
                .daemon()
                .name("output of " + command.getFirst())
                .start(() -> output.complete(read(process)));
        try {
            return line + output.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            process.destroyForcibly();
            return line + "[it has not ended within " + PATIENCE_SECONDS + " s]\n";
        } catch (ExecutionException e) {
            throw new IllegalStateException("output of " + command, e.getCause());
        }
    }

    private static String read(Process process) {
        try (InputStream in = process.getInputStream()) {
            String text = new String(in.readNBytes(Archive.MOST_TEXT), StandardCharsets.UTF_8);
            long more = in.transferTo(OutputStream.nullOutputStream());
            int code = process.waitFor();
            return text
                    + (more > 0 ? "\n[and " + more + " bytes more]\n" : "")
                    + (code == 0 ? "" : "\n[exit code " + code + "]\n");
        } catch (IOException e) {
            return "[its output cannot be read: " + e + "]\n";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "[interrupted]\n";
        }
    }
}
