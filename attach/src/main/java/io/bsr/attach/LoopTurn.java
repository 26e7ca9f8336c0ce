package io.bsr.attach;

import io.bsr.loop.EventLoop;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Work of another thread that has to be done on an event loop before it goes on. */
final class LoopTurn {
    private static final long SECONDS = 10;

    private LoopTurn() {}

    /** Runs {@code task} on the loop; false if it has not come to it in time, or never will. */
    static boolean await(EventLoop loop, Runnable task) throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        loop.execute(() -> {
            task.run();
            done.countDown();
        });
        return done.await(SECONDS, TimeUnit.SECONDS);
    }
}
