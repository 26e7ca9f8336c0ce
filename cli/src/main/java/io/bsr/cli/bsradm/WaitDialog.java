package io.bsr.cli.bsradm;

import io.bsr.cli.terminal.Surroundings;
import io.bsr.config.model.ResourceView;
import io.bsr.config.option.Settings;
import io.bsr.config.plan.AdmCommand;
import io.bsr.config.plan.Command;
import io.bsr.config.plan.CommandPlan;
import io.bsr.config.plan.Target;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * {@code wait-con-int}: waits for the connections of all resources at once, and lets an operator end the waiting;
 * command-line reference, section 2.7.
 */
final class WaitDialog {
    private static final int QUIET_SECONDS = 10;
    private static final int ANSWER_LIMIT = 256;
    private static final String NO_TERMINAL = "WARN: stdin/stdout is not a TTY; using /dev/console";

    private final Invocation invocation;
    private final Surroundings surroundings;
    private final StringBuilder answer = new StringBuilder();

    /** Where the operator is. */
    private InputStream in;

    private PrintStream out;

    WaitDialog(Invocation invocation) {
        this.invocation = invocation;
        this.surroundings = invocation.surroundings();
        in = surroundings.in();
        out = surroundings.out();
    }

    int run() throws AdmException {
        List<ResourceView> resources = invocation.configured().view().resources();
        invocation.requireLocalAddresses(resources);
        List<Command> commands = new ArrayList<>();
        for (ResourceView resource : resources) {
            CommandPlan.of(AdmCommand.WAIT_CONNECT, Target.of(resource), List.of())
                    .forEach(step -> commands.add(step.command()));
        }
        if (!surroundings.terminal()) {
            surroundings.complain(NO_TERMINAL);
        }
        if (invocation.dryRun()) {
            commands.forEach(command -> invocation.runner().run(command));
            return 0;
        }
        return surroundings.terminal() ? run(commands, resources) : onConsole(commands, resources);
    }

    /** Whoever started this has no terminal; somebody may sit before the console of the host. */
    private int onConsole(List<Command> commands, List<ResourceView> resources) {
        surroundings.out().println(NO_TERMINAL);
        surroundings.out().flush();
        Path console = surroundings.files().root().resolve("dev/console");
        try (InputStream typed = new FileInputStream(console.toFile());
                PrintStream shown =
                        new PrintStream(new FileOutputStream(console.toFile(), true), true, StandardCharsets.UTF_8)) {
            in = typed;
            out = shown;
            return run(commands, resources);
        } catch (IOException e) {
            in = InputStream.nullInputStream();
            out = surroundings.out();
            surroundings.complain("Can not open " + console + ". To end the waiting, end process "
                    + ProcessHandle.current().pid() + ".");
            return run(commands, resources);
        }
    }

    private int run(List<Command> commands, List<ResourceView> resources) {
        List<CompletableFuture<Integer>> waits = new ArrayList<>();
        for (Command command : commands) {
            CompletableFuture<Integer> wait = new CompletableFuture<>();
            Thread.ofVirtual().start(() -> wait.complete(invocation.runner().runSilently(command)));
            waits.add(wait);
        }
        CompletableFuture<Void> all = CompletableFuture.allOf(waits.toArray(CompletableFuture[]::new));
        return await(all, resources) ? worst(waits) : 0;
    }

    private static int worst(List<CompletableFuture<Integer>> waits) {
        return waits.stream().mapToInt(wait -> wait.getNow(0)).max().orElse(0);
    }

    /** Whether all have ended; false if the operator does not want to wait for that. */
    private boolean await(CompletableFuture<Void> all, List<ResourceView> resources) {
        int refresh = invocation.configured().configuration().global().dialogRefresh();
        for (int second = 0; ; second++) {
            if (endsWithinASecond(all)) {
                out.println();
                return true;
            }
            if (second < QUIET_SECONDS) {
                out.print(".");
            } else if (second == QUIET_SECONDS) {
                explain(resources);
            } else if (refresh > 0 && second % refresh == 0) {
                out.print("\rTo abort waiting enter 'yes' [" + second + "]: ");
            }
            out.flush();
            if (second > QUIET_SECONDS && saysYes()) {
                return false;
            }
        }
    }

    private static boolean endsWithinASecond(CompletableFuture<Void> all) {
        try {
            all.get(1, TimeUnit.SECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private void explain(List<ResourceView> resources) {
        Settings startup = resources.isEmpty()
                ? Settings.NONE
                : resources.getFirst().resource().options().startup();
        out.println();
        out.println("***************************************************************");
        out.println(" Waiting for the peers of all resources.");
        out.println(" - If this node was in a degraded cluster before it went down, the");
        out.println("   limit is " + limit(startup, "degr-wfc-timeout") + " (degr-wfc-timeout).");
        out.println(" - If not, the limit is " + limit(startup, "wfc-timeout") + " (wfc-timeout).");
        out.println(" To do without the peers, enter 'yes'.");
        out.println("***************************************************************");
    }

    private static String limit(Settings startup, String option) {
        String seconds = startup.value(option).orElse("0");
        return seconds.equals("0") ? "none" : seconds + " seconds";
    }

    /** Reads what was typed so far, without waiting for more. */
    private boolean saysYes() {
        try {
            while (in.available() > 0 && answer.length() < ANSWER_LIMIT) {
                byte[] typed = in.readNBytes(Math.min(in.available(), ANSWER_LIMIT));
                answer.append(new String(typed, StandardCharsets.ISO_8859_1));
            }
        } catch (IOException e) {
            // Nobody can answer any more; the limits of the resources end the waiting.
            return false;
        }
        return answer.toString().lines().anyMatch(line -> line.strip().equals("yes"));
    }
}
