package io.bsr.cli.bsrcon;

import io.bsr.cli.argument.ToolManual;
import io.bsr.cli.terminal.Surroundings;
import io.bsr.cli.terminal.Tool;
import io.bsr.config.diagnostic.NearestWord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** {@code bsrcon}. */
public final class Main {
    private static final String PROGRAM = "bsrcon";
    private static final String SYNOPSIS = "bsrcon /COMMAND [ARGUMENT...] [/COMMAND [ARGUMENT...]]...";

    private Main() {}

    public static void main(String[] words) {
        Tool.main(PROGRAM, ConException.USAGE, words, tool());
    }

    /** The tool, for whoever runs it within another process. */
    public static Tool tool() {
        return Main::run;
    }

    /** Runs one command line; returns the exit code. */
    public static int run(Surroundings surroundings, List<String> words) {
        if (words.isEmpty() || words.equals(List.of("--help")) || words.equals(List.of("-h"))) {
            usage(surroundings, false);
            return words.isEmpty() ? ConException.USAGE : 0;
        }
        int at = 0;
        try {
            while (at < words.size()) {
                int index = at;
                ConCommand command =
                        ConCommand.named(words.get(at)).orElseThrow(() -> unknown(words.get(index), index));
                List<String> operands = operands(command, words.subList(at + 1, words.size()));
                at += 1 + operands.size();
                carryOut(surroundings, command, operands);
            }
            return 0;
        } catch (ConException e) {
            surroundings.complain(PROGRAM + ": " + e.getMessage());
            return e.code();
        } catch (IOException e) {
            surroundings.complain(PROGRAM + ": " + e);
            return ConException.FAILED;
        }
    }

    private static ConException unknown(String word, int index) {
        String nearest = NearestWord.of(
                word, Arrays.stream(ConCommand.values()).map(ConCommand::word).toList());
        return new ConException(
                ConException.USAGE,
                "Please check undefined arg[" + index + "]=(" + word + ")"
                        + (nearest.isEmpty() ? "" : ". Did you mean '" + nearest + "'?")
                        + "\n\"bsrcon /all_usage\" lists the commands.");
    }

    /** What a command needs may begin with a slash, as paths do; what it may have beyond that ends at the next command. */
    private static List<String> operands(ConCommand command, List<String> left) throws ConException {
        List<String> operands = new ArrayList<>();
        for (String word : left) {
            boolean due = operands.size() < command.least();
            if (!due && (operands.size() >= command.most() || word.startsWith("/"))) {
                break;
            }
            operands.add(word);
        }
        if (operands.size() < command.least()) {
            throw new ConException(ConException.USAGE, "usage: bsrcon " + command.usage());
        }
        return operands;
    }

    private static void carryOut(Surroundings surroundings, ConCommand command, List<String> operands)
            throws ConException, IOException {
        if (!command.refusal().isEmpty()) {
            throw new ConException(ConException.USAGE, command.word() + " is not there: " + command.refusal() + ".");
        }
        LogCommands logs = new LogCommands(surroundings);
        NodeCommands node = new NodeCommands(surroundings);
        switch (command) {
            case ALL_USAGE -> usage(surroundings, true);
            case MINLOG_LV -> logs.level(operands.get(0), operands.get(1));
            case MAXLOGFILE_CNT -> logs.engineFiles(operands.getFirst());
            case CLIMAXLOGFILE_CNT -> logs.toolFiles(operands.get(0), operands.get(1));
            case DBGLOG_CTGR -> logs.categories(operands.getFirst(), operands.subList(1, operands.size()));
            case STATUSCMD_LOGGING -> logs.statusCommands(operands.getFirst());
            case GET_LOG_INFO -> logs.info();
            case SET_LOG_PATH -> logs.folder(operands.getFirst());
            case GET_LOG_PATH -> logs.showFolder();
            case GET_LOG -> logs.copy(operands);
            case WRITE_KERNEL_LOG -> logs.write(operands.get(0), operands.get(1));
            case HANDLER_USE -> node.handlers(operands.getFirst());
            case GET_HANDLER_INFO -> node.showHandlers();
            case SET_FAST_SYNC -> node.fastSync(operands.getFirst());
            case GET_FAST_SYNC -> node.showFastSync();
            case NODELAYEDACK -> new QuickAcknowledgements(surroundings).set(operands.getFirst(), true);
            case DELAYDACK_ENABLE -> new QuickAcknowledgements(surroundings).set(operands.getFirst(), false);
            case INFO -> node.volumes(operands.contains("--verbose"));
            case STATUS -> node.engine();
            case MD5 -> node.md5(operands.getFirst());
            default -> throw new IllegalStateException(command + " is refused");
        }
    }

    private static void usage(Surroundings surroundings, boolean all) {
        StringBuilder text = new StringBuilder("usage: " + SYNOPSIS + "\n\n");
        for (ConCommand command : ConCommand.values()) {
            if (all || !command.hidden()) {
                text.append("   ")
                        .append(command.usage())
                        .append("\n      ")
                        .append(command.text())
                        .append('\n');
            }
        }
        surroundings.out().print(text);
    }

    /** What the manual says. */
    public static ToolManual manual() {
        return new ToolManual(
                PROGRAM,
                "settings of a node of bsr: logs, handlers, and a few questions",
                SYNOPSIS,
                List.of(),
                List.of(),
                Arrays.stream(ConCommand.values())
                        .map(c -> new ToolManual.Entry(c.word(), c.operands(), c.text(), List.of()))
                        .toList(),
                "");
    }
}
