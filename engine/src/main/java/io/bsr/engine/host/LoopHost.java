package io.bsr.engine.host;

import io.bsr.attach.BlockDevice;
import io.bsr.base.port.Endpoint;
import io.bsr.base.port.Entropy;
import io.bsr.base.port.Network;
import io.bsr.base.port.PortException;
import io.bsr.engine.device.DevicePlace;
import io.bsr.frontend.fuse.PayloadBuffers;
import io.bsr.frontend.nbd.ExportDirectory;
import io.bsr.frontend.nbd.ExportTable;
import io.bsr.frontend.nbd.NbdLimits;
import io.bsr.frontend.nbd.NbdServer;
import io.bsr.loop.EventLoop;
import io.bsr.loop.SecureEntropy;
import io.bsr.net.Networks;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** One event loop with what its resources share: a network, randomness, an NBD server. */
public final class LoopHost {
    private static final long START_SECONDS = 10;

    private final EventLoop loop;
    private final Entropy entropy = new SecureEntropy();
    private final ExportTable exports = new ExportTable();
    private final List<Endpoint> nbdAddresses;
    private final Network network;
    private final NbdServer nbd;
    private final PayloadBuffers buffersOfDevices;

    private LoopHost(
            EventLoop loop, List<Endpoint> nbdAddresses, Supplier<ExportDirectory> others, Consumer<String> log) {
        this.loop = loop;
        this.nbdAddresses = nbdAddresses;
        this.network = Networks.of(loop);
        this.buffersOfDevices = new PayloadBuffers(loop.buffers(), loop.timers());
        this.nbd = new NbdServer(
                network, loop.buffers(), loop.timers(), new LoopExports(exports, others.get()), NbdLimits.DEFAULT, log);
    }

    /**
     * Starts the loop and listens for NBD clients.
     *
     * @param others what is to be said about exports that are not of this loop
     * @param log takes one line about an NBD client
     * @throws PortException if an address cannot be bound; the loop has ended then, and what it listened at is free
     */
    public static LoopHost start(
            EventLoop loop, List<Endpoint> nbdAddresses, Supplier<ExportDirectory> others, Consumer<String> log)
            throws PortException {
        loop.start();
        CompletableFuture<LoopHost> started = new CompletableFuture<>();
        loop.execute(() -> {
            try {
                LoopHost host = new LoopHost(loop, nbdAddresses, others, log);
                for (Endpoint address : nbdAddresses) {
                    host.nbd.listen(address);
                }
                started.complete(host);
            } catch (PortException | RuntimeException e) {
                started.completeExceptionally(e);
            }
        });
        try {
            return started.get(START_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            end(loop);
            if (e.getCause() instanceof PortException refusal) {
                throw refusal;
            }
            throw new IllegalStateException("event loop " + loop.name(), e.getCause());
        } catch (TimeoutException e) {
            end(loop);
            throw new PortException(
                    0, "The event loop " + loop.name() + " did not start within " + START_SECONDS + " s.");
        } catch (InterruptedException e) {
            loop.stop();
            Thread.currentThread().interrupt();
            throw new PortException(0, "The start of the event loop " + loop.name() + " was interrupted.");
        }
    }

    /** The caller gives the engine's lock back next: the one who takes it must be able to bind the same addresses. */
    private static void end(EventLoop loop) {
        loop.stop();
        try {
            loop.awaitStopped(TimeUnit.SECONDS.toNanos(START_SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    public EventLoop loop() {
        return loop;
    }

    /** Where NBD clients find the volumes of this loop. */
    public List<Endpoint> nbdAddresses() {
        return nbdAddresses;
    }

    Network network() {
        return network;
    }

    Entropy entropy() {
        return entropy;
    }

    ExportTable exports() {
        return exports;
    }

    BlockDevice.Place placeOfDevices(DevicePlace devices) {
        return new BlockDevice.Place(
                loop, buffersOfDevices, nbd, network, devices.links(), devices.records(), devices::say);
    }

    /** On the loop. */
    public NbdServer nbd() {
        return nbd;
    }
}
