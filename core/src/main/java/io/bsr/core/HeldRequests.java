package io.bsr.core;

import io.bsr.base.port.IoRequest;
import io.bsr.base.port.VolumePort;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Requests of users that have come and not begun, in their order. */
final class HeldRequests {
    private @Nullable IoRequest head;
    private @Nullable IoRequest tail;
    private int size;

    void add(IoRequest request) {
        request.next = null;
        if (tail == null) {
            head = request;
        } else {
            tail.next = request;
        }
        tail = request;
        size++;
    }

    int size() {
        return size;
    }

    @Nullable IoRequest poll() {
        IoRequest first = head;
        if (first != null) {
            head = first.next;
            first.next = null;
            if (head == null) {
                tail = null;
            }
            size--;
        }
        return first;
    }

    /** Takes out the requests of one user and gives each to {@code taker}. */
    void takeOf(VolumePort.User user, Consumer<IoRequest> taker) {
        for (int left = size; left > 0; left--) {
            IoRequest request = poll();
            if (request != null && request.submitter == user) {
                taker.accept(request);
            } else if (request != null) {
                add(request);
            }
        }
    }
}
