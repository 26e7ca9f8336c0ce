package io.bsr.sim.network;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A machine with one address. */
public final class Host {
    private final String address;
    private final Map<Integer, Listener> listeners = new TreeMap<>();
    private boolean up = true;
    private boolean refusing;
    private boolean slowReader;

    Host(String address) {
        this.address = address;
    }

    public String address() {
        return address;
    }

    public boolean up() {
        return up;
    }

    void up(boolean isUp) {
        this.up = isUp;
    }

    boolean refusing() {
        return refusing;
    }

    void refusing(boolean on) {
        this.refusing = on;
    }

    boolean slowReader() {
        return slowReader;
    }

    void slowReader(boolean on) {
        this.slowReader = on;
    }

    @Nullable Listener listener(int port) {
        return listeners.get(port);
    }

    Map<Integer, Listener> listeners() {
        return listeners;
    }
}
