package io.bsr.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Semaphore;

/** {@code bsrd}. */
public final class Main {
    private static final int USAGE = 2;
    private static final int FAILED = 1;
    private static final int KILLED = 128 + 15;

    private Main() {}

    public static void main(String[] arguments) {
        int status;
        try {
            status = switch (EngineOptions.parse(List.of(arguments), System.getenv(), hostName())) {
                case EngineOptions.Wish.Help help -> {
                    System.out.print(EngineOptions.help());
                    yield 0;
                }
                case EngineOptions.Wish.Info(EngineOptions options) -> About.show(options);
                case EngineOptions.Wish.Change(EngineOptions options, String parameter) ->
                    About.change(options, parameter);
                case EngineOptions.Wish.Run(EngineOptions options) -> run(options);
            };
        } catch (StartException e) {
            System.err.println("bsrd: " + e.getMessage());
            status = USAGE;
        }
        // Threads of the class library may be left; what the engine had has ended.
        Runtime.getRuntime().halt(flushed(status));
    }

    private static int run(EngineOptions options) {
        Semaphore stop = new Semaphore(0);
        boolean[] asked = new boolean[1];
        Runnable terminate = () -> {
            synchronized (asked) {
                if (asked[0]) {
                    Runtime.getRuntime().halt(KILLED);
                }
                asked[0] = true;
            }
            stop.release();
        };
        Signals.on("TERM", terminate);
        Signals.on("INT", terminate);
        try (ServiceManager manager =
                ServiceManager.of(System.getenv(), ProcessHandle.current().pid())) {
            Engine engine = Engine.start(options);
            manager.ready();
            manager.watch(engine::turns);
            stop.acquireUninterruptibly();
            // Signs of life go on: to take everything down is bounded, but not short.
            manager.stopping();
            return engine.stop() ? 0 : FAILED;
        } catch (StartException | IOException e) {
            System.err.println("bsrd: " + e.getMessage());
            return FAILED;
        }
    }

    private static int flushed(int status) {
        System.out.flush();
        System.err.flush();
        return status;
    }

    /** What {@code uname -n} says; nobody is asked over the network. */
    private static String hostName() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (IOException e) {
            String name = System.getenv("HOSTNAME");
            name = name == null ? System.getenv("COMPUTERNAME") : name;
            return name == null || name.isBlank() ? "localhost" : name;
        }
    }
}
