package io.bsr.cli;

import io.bsr.cli.terminal.Surroundings;
import io.bsr.cli.terminal.Tool;
import io.bsr.control.EngineFiles;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * One run of a tool in this process.
 *
 * @param text standard output and standard error, in the order in which they were written
 */
public record ToolRun(int code, String text) {
    public static ToolRun of(Tool tool, Path root, String... words) {
        return answering("", tool, root, words);
    }

    /** With an answer on standard input. */
    public static ToolRun answering(String answer, Tool tool, Path root, String... words) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        Surroundings surroundings = new Surroundings(
                new EngineFiles(root),
                "n1",
                true,
                new ByteArrayInputStream(answer.getBytes(StandardCharsets.UTF_8)),
                out,
                out,
                false,
                80);
        int code = tool.run(surroundings, List.of(words));
        surroundings.flush();
        return new ToolRun(code, bytes.toString(StandardCharsets.UTF_8));
    }

    /** A file of this module's tests. */
    public static String resource(String name) throws IOException {
        try (InputStream in = ToolRun.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException("no resource " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Writes a configuration where the tools look for it. */
    public static void configure(Path root, String text) throws IOException {
        Files.createDirectories(root.resolve("etc"));
        Files.writeString(root.resolve("etc/bsr.conf"), text);
    }
}
