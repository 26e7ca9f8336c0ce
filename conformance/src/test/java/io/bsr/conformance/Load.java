package io.bsr.conformance;

import io.bsr.frontend.nbd.ExportClient;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;

/** An application that writes without pause until it is told to stop or its volume is gone. */
final class Load implements AutoCloseable {
    private final ExportClient client;
    private final CompletableFuture<Boolean> ended = new CompletableFuture<>();
    private volatile boolean stop;

    Load(Node node, Ledger ledger) throws IOException {
        client = node.openVolume();
        Thread.ofPlatform().name("load").daemon(true).start(() -> {
            try {
                while (!stop) {
                    ledger.writeOne(client);
                }
                ended.complete(true);
            } catch (IOException e) {
                ended.complete(false);
            }
        });
    }

    /** Stops and waits; returns whether every write was acknowledged. */
    boolean finish() {
        stop = true;
        return ended.join();
    }

    @Override
    public void close() throws IOException {
        stop = true;
        client.close();
    }
}
