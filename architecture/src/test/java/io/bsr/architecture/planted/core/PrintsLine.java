package io.bsr.architecture.planted.core;

/** The standard output. */
final class PrintsLine {
    private PrintsLine() {}

    static void print(String line) {
        System.out.println(line);
    }
}
