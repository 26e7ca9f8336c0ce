package io.bsr.cli.journal;

import java.io.File;

/** The processes that this one descends from, as far as Linux tells: who typed the command, or which script did. */
final class Ancestors {
    private static final int MOST = 16;
    private static final int LONGEST_STAT = 1024;
    private static final String SELF = "self";

    private Ancestors() {}

    /** {@code 812(bash),1(init)}, the parent first; empty where there is no {@code /proc}. */
    static String text() {
        StringBuilder chain = new StringBuilder();
        String stat = stat(SELF);
        for (int i = 0; i < MOST; i++) {
            String parent = parent(stat);
            stat = parent.isEmpty() || parent.equals("0") ? "" : stat(parent);
            if (stat.isEmpty()) {
                break;
            }
            chain.append(chain.isEmpty() ? "" : ",").append(parent);
            chain.append(stat, stat.indexOf('('), stat.lastIndexOf(')') + 1);
        }
        return chain.toString();
    }

    static String self() {
        String stat = stat(SELF);
        return stat.isEmpty() ? "" : stat.substring(0, stat.indexOf(' '));
    }

    /** A line of proc(5) that has its parts: {@code 4711 (a name) S 812 …}; else empty. */
    private static String stat(String process) {
        String text = JournalFiles.beginning(new File("/proc/" + process + "/stat"), LONGEST_STAT);
        return text != null && text.indexOf(" (") > 0 && text.lastIndexOf(')') > 0 ? text.strip() : "";
    }

    private static String parent(String stat) {
        // Behind the name, which may hold anything, and behind the state.
        int from = stat.lastIndexOf(')') + 4;
        int to = from < stat.length() ? stat.indexOf(' ', from) : -1;
        return to < 0 ? "" : stat.substring(from, to);
    }
}
