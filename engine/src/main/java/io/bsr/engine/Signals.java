package io.bsr.engine;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/**
 * Signals of the system. A shutdown hook would not do: it cannot see the second signal.
 *
 * <p>{@code sun.misc.Signal} is the JDK's only door to them (module {@code jdk.unsupported}); it is reached by reflection
 * because the compiler warns of its very name, and a warning is an error here.
 */
final class Signals {
    private Signals() {}

    /** Runs {@code action} on a thread of its own each time {@code name} ({@code TERM}, {@code INT}) arrives. */
    static void on(String name, Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object proxy = Proxy.newProxyInstance(
                    Signals.class.getClassLoader(),
                    new Class<?>[] {handler},
                    (self, method, arguments) -> switch (method.getName()) {
                        case "handle" -> {
                            action.run();
                            yield null;
                        }
                        case "equals" -> arguments != null && self == arguments[0];
                        case "hashCode" -> System.identityHashCode(action);
                        default -> "handler of " + name;
                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
        } catch (InvocationTargetException e) {
            // The system reserves the signal or does not have it (SIGTERM has no meaning on some): then it ends the
            // process in its own way, which the engine survives as it survives a crash.
            System.err.println("bsrd: signal " + name + " cannot be handled: " + e.getCause());
        } catch (ReflectiveOperationException e) {
            System.err.println("bsrd: this Java has no signals: " + e.getMessage());
        }
    }
}
