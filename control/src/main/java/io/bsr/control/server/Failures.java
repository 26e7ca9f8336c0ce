package io.bsr.control.server;

import java.io.PrintWriter;
import java.io.StringWriter;

/** A programmer's error as text for the log, with its stack. */
final class Failures {
    private Failures() {}

    static String text(Throwable failure) {
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        return text.toString().stripTrailing();
    }
}
