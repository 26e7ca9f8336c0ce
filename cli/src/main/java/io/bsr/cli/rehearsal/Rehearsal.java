package io.bsr.cli.rehearsal;

import io.bsr.cli.terminal.Surroundings;
import io.bsr.cli.terminal.Tool;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Runs the command lines that standard input holds, one a line, words apart by single blanks. */
public final class Rehearsal {
    private Rehearsal() {}

    /**
     * Runs them all, whatever they come to.
     *
     * @param words the name of the tool whose command lines they are
     */
    public static void main(String[] words) throws IOException {
        Class<?> program;
        Tool tool;
        switch (words.length == 1 ? words[0] : "") {
            case "bsradm" -> {
                program = io.bsr.cli.bsradm.Main.class;
                tool = io.bsr.cli.bsradm.Main.tool();
            }
            case "bsrsetup" -> {
                program = io.bsr.cli.bsrsetup.Main.class;
                tool = io.bsr.cli.bsrsetup.Main.tool();
            }
            case "bsrmeta" -> {
                program = io.bsr.cli.bsrmeta.Main.class;
                tool = io.bsr.cli.bsrmeta.Main.tool();
            }
            default -> throw new IllegalArgumentException("usage: Rehearsal bsradm|bsrsetup|bsrmeta < LINES");
        }
        // As the JDK's launcher does; that loads what the signatures name.
        System.err.println(List.of(program.getMethods()));
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        String line = lines.readLine();
        while (line != null) {
            Surroundings.Start start = Surroundings.ofProcess(line.split(" ", -1));
            int code = tool.run(start.surroundings(), start.words());
            start.surroundings().complain("=> " + code + ": " + line);
            line = lines.readLine();
        }
    }
}
