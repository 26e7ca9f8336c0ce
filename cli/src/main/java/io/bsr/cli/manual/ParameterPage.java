package io.bsr.cli.manual;

import io.bsr.control.parameter.Parameter;

/** The page of the parameters of the engine. */
final class ParameterPage {
    private ParameterPage() {}

    static String text() {
        StringBuilder page = new StringBuilder(ManualPages.GENERATED);
        page.append("""
                # Parameters of the engine

                What a kernel module has as parameters. They are written into `ADD_MOD_PARAM` of `/etc/default/bsr`, as in \
                `ADD_MOD_PARAM="enable_faults=16 fault_rate=10"`, or given to bsrd as `--parameter NAME=VALUE`. `bsrd --info` \
                shows them with their values; `bsrd --set NAME=VALUE` changes one whose value counts at once, until bsrd \
                ends. bsrd does not run the file as a shell does: the assignment stands on a line of its own and has nothing \
                to be expanded. An unknown parameter is ignored, and the log says so; a value that a parameter does not take \
                keeps bsrd from starting.

                Faults are spread evenly and not by chance, for each kind of operation on its own: with a rate of 25 every \
                fourth fails, with `EIO`, and does not reach the disk. Flushes do not fail. An option `on-io-error` says what \
                then happens. The bits 64 and more of `enable_faults` (read-ahead, memory, received blocks) are accepted and \
                stand for nothing here.

                | parameter | values | default | counts | meaning |
                |---|---|---|---|---|
                """);
        for (Parameter parameter : Parameter.values()) {
            page.append("| `")
                    .append(parameter.shown())
                    .append("` | ")
                    .append(parameter.taken())
                    .append(" | ")
                    .append(parameter.standard())
                    .append(" | ")
                    .append(parameter.change().shown())
                    .append(" | ")
                    .append(parameter.text())
                    .append(" |\n");
        }
        return page.toString();
    }
}
