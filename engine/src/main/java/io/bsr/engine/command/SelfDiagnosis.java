package io.bsr.engine.command;

import io.bsr.control.status.Diagnosis;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** Memory and threads of this process, as the class library tells them. */
final class SelfDiagnosis {
    /** The answer has to fit into a line of the control interface. */
    private static final int MOST_LINES = 4000;

    private static final int DEEPEST = 60;
    private static final int KIB = 1024;

    private SelfDiagnosis() {}

    static Diagnosis now() {
        List<String> lines = new ArrayList<>();
        Runtime memory = Runtime.getRuntime();
        lines.add("heap: " + (memory.totalMemory() - memory.freeMemory()) / KIB + " KiB used, "
                + memory.totalMemory() / KIB + " KiB taken, " + memory.maxMemory() / KIB + " KiB at most");
        lines.add("processors: " + memory.availableProcessors());
        Thread.getAllStackTraces().entrySet().stream()
                .sorted(Comparator.comparing(entry -> entry.getKey().getName()))
                .forEach(entry -> describe(entry, lines));
        return new Diagnosis(lines.subList(0, Math.min(MOST_LINES, lines.size())));
    }

    private static void describe(Map.Entry<Thread, StackTraceElement[]> entry, List<String> lines) {
        Thread thread = entry.getKey();
        lines.add("");
        lines.add("thread " + thread.getName() + ": " + thread.getState());
        StackTraceElement[] stack = entry.getValue();
        for (int i = 0; i < Math.min(DEEPEST, stack.length); i++) {
            lines.add("    at " + stack[i]);
        }
    }
}
