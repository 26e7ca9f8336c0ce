package io.bsr.sim.world;

import io.bsr.core.option.PeerFamily;
import io.bsr.core.option.Protocol;
import io.bsr.metadata.ActivityLogRing;
import io.bsr.metadata.Placement;
import io.bsr.sim.disk.DiskCharacter;
import io.bsr.sim.network.LinkQuality;
import io.bsr.sim.node.PairSetup;
import io.bsr.sim.node.VolumeSetup;
import io.bsr.sim.time.SimRandom;
import io.bsr.sim.time.VirtualClock;
import io.bsr.sim.workload.Workload;
import io.bsr.sim.workload.WorkloadProfile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one seed is about: configuration, hardware, load, and which faults and commands occur.
 *
 * @param workloads one for each volume
 * @param storm ns that faults and commands last
 * @param administratorEvery ns between looks of the administrator during the storm
 * @param extras what came to the simulator later, from a random stream of its own: older seeds keep their meaning
 */
record Swarm(
        PairSetup setup,
        LinkQuality network,
        List<DiskCharacter> disks,
        List<Workload> workloads,
        Rates rates,
        long storm,
        long administratorEvery,
        Extras extras) {
    private static final long SECOND = VirtualClock.SECOND;

    static Swarm random(SimRandom random, Scale scale) {
        boolean huge = random.chance(scale.hugeVolumes());
        SimRandom lag = random.split("lag");
        boolean lagging = huge && lag.chance(0.7);
        int count = huge || random.chance(0.75) ? 1 : (int) random.between(2, 3);
        boolean volatileCache = random.chance(0.75);
        int block = random.chance(0.1) ? 4096 : 512;
        List<VolumeSetup> volumes = new ArrayList<>();
        List<Workload> workloads = new ArrayList<>();
        for (int v = 0; v < count; v++) {
            volumes.add(volume(random, v, huge, block, scale));
            WorkloadProfile profile = WorkloadProfile.random(random, huge);
            workloads.add(lagging ? profile.hurried(lag) : profile);
        }
        if (!huge) {
            Journaling.draw(random.split("journaling"), volumes, workloads);
        }
        Protocol protocol = random.pick(Protocol.A, Protocol.B, Protocol.C, Protocol.C, Protocol.C);
        PairSetup setup = new PairSetup(
                protocol,
                List.copyOf(volumes),
                random.pick(1, 1, 3),
                huge || random.chance(0.6),
                random.chance(0.3),
                Map.of(),
                diskOptions(random, huge),
                netOptions(random, protocol),
                peerDeviceOptions(random, huge));
        Extras extras = Extras.random(random.split("extras"), protocol, huge);
        extras.netOptions().forEach(setup.netOptions()::put);
        LinkQuality link = LinkQuality.random(random);
        return new Swarm(
                setup,
                // I6 asks for the end of a full resync within 60 s: the link must be able to carry it.
                huge ? link.wide() : link,
                List.of(
                        DiskCharacter.random(random, block, volatileCache),
                        DiskCharacter.random(random, block, volatileCache)),
                List.copyOf(workloads),
                rates(random, lagging, lag),
                random.scaled(scale.shortestStorm(), scale.longestStorm()),
                random.scaled(1_000_000_000L, 20_000_000_000L),
                extras);
    }

    /** The same with nodes that take each other for {@code family}; for their own, nothing changes. */
    Swarm with(PeerFamily family) {
        if (family == PeerFamily.BSR) {
            return this;
        }
        Map<String, String> net = new LinkedHashMap<>(setup.netOptions());
        // Digests and congestion are for worlds of our own family.
        net.keySet().removeAll(extras.netOptions().keySet());
        net.put("peer-family", family.toString());
        PairSetup other = new PairSetup(
                setup.protocol(),
                setup.volumes(),
                setup.maxPeers(),
                setup.synced(),
                setup.connectFirst(),
                setup.resourceOptions(),
                setup.diskOptions(),
                net,
                setup.peerDeviceOptions());
        return new Swarm(other, network, disks, workloads, rates, storm, administratorEvery, Extras.NONE);
    }

    /** Extents that are replaced all the time are a danger where something lags far behind. */
    private static Rates rates(SimRandom random, boolean lagging, SimRandom lag) {
        Rates rates = Rates.random(random);
        return lagging ? rates.with(Rates.Happening.PEER_LAGS, lag.scaled(SECOND, 4 * SECOND)) : rates;
    }

    private static VolumeSetup volume(SimRandom random, int number, boolean huge, int block, Scale scale) {
        long bytes = huge ? random.between(300, 500) << 20 : random.scaled(1 << 20, scale.largestVolume());
        bytes -= bytes % block;
        ActivityLogRing ring = random.pick(
                new ActivityLogRing(1, 8),
                new ActivityLogRing(4, 8),
                new ActivityLogRing(1, 16),
                ActivityLogRing.DEFAULT);
        boolean internal = random.chance(0.6);
        return new VolumeSetup(
                number,
                internal ? bytes + (512 << 10) : bytes,
                (1 << 20) + random.between(0, 10) * 4096,
                internal ? new Placement.Internal() : new Placement.FlexibleExternal(),
                ring);
    }

    private static Map<String, String> diskOptions(SimRandom random, boolean huge) {
        Map<String, String> options = new LinkedHashMap<>();
        options.put("al-extents", huge || random.chance(0.7) ? "67" : "1237");
        if (random.chance(0.3)) {
            options.put("on-io-error", random.pick("detach", "pass_on"));
        }
        return options;
    }

    private static Map<String, String> netOptions(SimRandom random, Protocol protocol) {
        Map<String, String> options = new LinkedHashMap<>();
        options.put("protocol", protocol.toString());
        options.put("timeout", number(random.between(20, 60)));
        options.put("ping-int", number(random.between(1, 5)));
        options.put("ping-timeout", number(random.between(5, 30)));
        options.put("connect-int", number(random.between(1, 4)));
        options.put("ko-count", number(random.between(2, 6)));
        options.put("socket-check-timeout", number(random.between(1, 5)));
        if (random.chance(0.3)) {
            options.put("max-epoch-size", number(random.between(1, 20)));
        }
        if (random.chance(0.2)) {
            options.put("max-buffers", number(random.between(32, 200)));
        }
        if (random.chance(0.2)) {
            options.put("cram-hmac-alg", random.pick("sha1", "sha256"));
            options.put("shared-secret", "simulated");
        }
        if (random.chance(0.2)) {
            options.put("use-rle", "no");
        }
        return options;
    }

    private static Map<String, String> peerDeviceOptions(SimRandom random, boolean huge) {
        Map<String, String> options = new LinkedHashMap<>();
        if (huge) {
            options.put("resync-rate", "2000000");
            options.put("c-max-rate", "4000000");
            options.put("c-fill-target", "20000");
        } else {
            options.put("resync-rate", number(random.scaled(1000, 200_000)));
            options.put("c-max-rate", number(random.scaled(4000, 400_000)));
            options.put("c-plan-ahead", random.chance(0.3) ? "0" : number(random.between(1, 30)));
            if (random.chance(0.3)) {
                options.put("c-min-rate", number(random.between(0, 20_000)));
            }
        }
        return options;
    }

    private static String number(long value) {
        return Long.toString(value);
    }
}
