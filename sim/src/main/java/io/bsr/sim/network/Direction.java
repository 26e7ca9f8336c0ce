package io.bsr.sim.network;

import java.util.ArrayDeque;

/** One direction of a connection: what is between the two processes. */
final class Direction {
    private enum Kind {
        ACCEPT,
        DATA,
        FIN
    }

    private static final class Segment {
        final Kind kind;
        final byte[] bytes;
        final long arrival;

        Segment(Kind kind, byte[] bytes, long arrival) {
            this.kind = kind;
            this.bytes = bytes;
            this.arrival = arrival;
        }
    }

    private static final byte[] NONE = new byte[0];

    private final SimNetwork network;
    private final Link link;
    private final SimStream from;
    private final SimStream to;
    private final ArrayDeque<Segment> transit = new ArrayDeque<>();
    private int outstanding;
    private long lastArrival;
    private long wireFree;
    private boolean scheduled;
    private boolean stuck;
    private long stuckSince;

    Direction(SimNetwork network, Link link, SimStream from, SimStream to) {
        this.network = network;
        this.link = link;
        this.from = from;
        this.to = to;
    }

    Link link() {
        return link;
    }

    /** Bytes that may still be taken from the sender. */
    int room() {
        return link.quality().window() - outstanding;
    }

    boolean idle() {
        return transit.isEmpty();
    }

    /** True if bytes are under way or not yet read by the receiver. */
    boolean carriesData() {
        return outstanding > 0;
    }

    /** How long the next segment is when {@code queued} bytes are waiting. */
    int segmentLength(long queued) {
        int most = (int) Math.min(Math.min(queued, room()), 64 << 10);
        if (most > 1 && network.random().chance(link.quality().fineCuts())) {
            return (int) network.random().between(1, Math.min(most, 2000));
        }
        return most;
    }

    void data(byte[] bytes) {
        outstanding += bytes.length;
        network.hash().add(bytes, 0, bytes.length);
        network.tell(from, "sends ", bytes);
        add(Kind.DATA, bytes);
    }

    void accept() {
        add(Kind.ACCEPT, NONE);
    }

    void fin() {
        add(Kind.FIN, NONE);
    }

    private void add(Kind kind, byte[] bytes) {
        long now = network.clock().now();
        wireFree = Math.max(wireFree, now) + link.transmission(bytes.length);
        lastArrival = Math.max(lastArrival + 1, wireFree + link.delay(network.random()));
        transit.add(new Segment(kind, bytes, lastArrival));
        if (link.clogged()) {
            network.cloggedUntil(lastArrival);
        }
        schedule();
    }

    /** The receiving process took bytes out of its kernel's buffer. */
    void taken(int bytes) {
        outstanding = Math.max(0, outstanding - bytes);
        Link back = network.link(link.to, link.from);
        if (from.waitsForRoom() && back.open()) {
            network.clock().after(back.delay(network.random()), from::roomAgain);
        }
    }

    /** What is on its way is lost for good. */
    void drop() {
        transit.clear();
        outstanding = 0;
    }

    /** The link, in this or the other direction, lets packets through again. */
    void healed() {
        if (stuck && link.open()) {
            stuck = false;
            long later = network.clock().now() + link.retransmission(network.random());
            lastArrival = Math.max(lastArrival, later);
            network.clock().at(later, this::arrive);
        }
        if (from.waitsForRoom()) {
            network.clock().after(link.delay(network.random()), from::roomAgain);
        }
    }

    private void schedule() {
        Segment first = transit.peek();
        if (!scheduled && !stuck && first != null) {
            scheduled = true;
            network.clock().at(first.arrival, () -> {
                scheduled = false;
                arrive();
            });
        }
    }

    private void arrive() {
        if (transit.isEmpty()) {
            return;
        }
        if (!link.open()) {
            if (!stuck) {
                stuck = true;
                stuckSince = network.clock().now();
                network.clock().after(link.quality().giveUp(), this::giveUp);
            }
            return;
        }
        long now = network.clock().now();
        Segment next = transit.peek();
        while (next != null && next.arrival <= now) {
            transit.poll();
            deliver(next);
            next = transit.peek();
        }
        to.arrived();
        schedule();
    }

    private void deliver(Segment segment) {
        switch (segment.kind) {
            case ACCEPT -> to.accept();
            case FIN -> to.finReceived();
            case DATA -> {
                if (to.gone()) {
                    drop();
                    network.reset(from, network.link(link.to, link.from));
                } else {
                    to.kernelBuffer(segment.bytes);
                }
            }
        }
    }

    private void giveUp() {
        if (stuck
                && !link.open()
                && network.clock().now() - stuckSince >= link.quality().giveUp()) {
            drop();
            from.broken("connection timed out");
        }
    }
}
