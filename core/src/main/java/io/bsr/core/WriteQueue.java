package io.bsr.core;

import org.jspecify.annotations.Nullable;

/** A first-in first-out queue of writes, linked through them. */
final class WriteQueue {
    private @Nullable WriteRequest head;
    private @Nullable WriteRequest tail;
    private int size;

    void add(WriteRequest request) {
        request.nextInQueue = null;
        if (tail == null) {
            head = request;
        } else {
            tail.nextInQueue = request;
        }
        tail = request;
        size++;
    }

    @Nullable WriteRequest peek() {
        return head;
    }

    @Nullable WriteRequest remove() {
        WriteRequest request = head;
        if (request != null) {
            head = request.nextInQueue;
            request.nextInQueue = null;
            if (head == null) {
                tail = null;
            }
            size--;
        }
        return request;
    }

    boolean isEmpty() {
        return head == null;
    }

    int size() {
        return size;
    }
}
