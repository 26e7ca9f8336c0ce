package io.bsr.engine.guard;

import io.bsr.base.port.Timers;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** Lets calls into one resource, until one of them fails by a programmer's error. */
public final class Fence {
    private final Timers timers;
    private final Consumer<Throwable> whenBroken;
    private final Set<Runnable> consequences = new LinkedHashSet<>();
    private boolean broken;

    /**
     * A fence that is whole.
     *
     * @param timers of the loop, not guarded
     * @param whenBroken told once of the failure that broke the fence
     */
    public Fence(Timers timers, Consumer<Throwable> whenBroken) {
        this.timers = timers;
        this.whenBroken = whenBroken;
    }

    public boolean broken() {
        return broken;
    }

    /** Runs {@code call} into the resource, or nothing if the fence is broken. */
    public void enter(Runnable call) {
        if (broken) {
            return;
        }
        try {
            call.run();
        } catch (RuntimeException | Error failure) {
            breakDown(failure);
        }
    }

    /** Breaks the fence; what has to happen then happens in a later turn. */
    public void breakDown(Throwable failure) {
        if (broken) {
            return;
        }
        broken = true;
        whenBroken.accept(failure);
        timers.schedule(0, this::settle);
    }

    /** Adds what has to happen when the fence breaks. */
    void whenBroken(Runnable consequence) {
        consequences.add(consequence);
    }

    void forget(Runnable consequence) {
        consequences.remove(consequence);
    }

    /** Runs {@code action} in a later turn, whether the fence is broken or not. */
    void later(Runnable action) {
        timers.schedule(0, action);
    }

    private void settle() {
        List<Runnable> due = new ArrayList<>(consequences);
        consequences.clear();
        due.forEach(Runnable::run);
    }
}
