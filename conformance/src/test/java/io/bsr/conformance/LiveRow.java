package io.bsr.conformance;

import io.bsr.base.state.ConnectionState;
import java.util.Random;

/**
 * The rows of the live matrix: what one node of ours and one kernel DRBD 8.4 do together. Each runs with our node as
 * Primary and as Secondary, and ends with both disks equal byte by byte.
 */
enum LiveRow {
    INITIAL_SYNC(true) {
        @Override
        void run(LivePair pair, int rounds) throws Exception {
            pair.bringUpInSync("");
            pair.assertEqual();
        }
    },
    SHARED_SECRET(false) {
        @Override
        void run(LivePair pair, int rounds) throws Exception {
            pair.bringUpInSync("cram-hmac-alg sha1; shared-secret s3cret;");
            pair.write(pair.oursPrimary(), 1);
            pair.assertEqual();
        }
    },
    WRONG_SECRET(true) {
        @Override
        void run(LivePair pair, int rounds) throws Exception {
            pair.bringUpApart(
                    "cram-hmac-alg sha256; shared-secret right;", "cram-hmac-alg sha256; shared-secret wrong;", 1);
            // Who checks first may hang up before the other has checked; that one finds nobody any more.
            pair.node().until("one side to refuse", () -> refused(pair));
            pair.node().awaitLogged("gave up", "secret");
            pair.node().adm("disconnect", Pair.RESOURCE);
            pair.kernel().run("drbdadm disconnect h0");
            pair.configureKernel("cram-hmac-alg sha256; shared-secret right;");
            pair.kernel().must("drbdadm adjust h0");
            pair.node().must("connect", Pair.RESOURCE);
            pair.awaitConnected();
            if (pair.oursPrimary()) {
                pair.node().must("primary", "--force", Pair.RESOURCE);
            } else {
                pair.kernel().must("drbdadm primary --force h0");
            }
            pair.assertEqual();
        }

        private boolean refused(LivePair pair) {
            return pair.node().now().is(ConnectionState.STANDALONE);
        }
    },
    WRITES_A(false) {
        @Override
        void run(LivePair pair, int rounds) throws Exception {
            writes(pair, "A");
        }
    },
    WRITES_B(false) {
        @Override
        void run(LivePair pair, int rounds) throws Exception {
            writes(pair, "B");
        }
    },
    WRITES_C(true) {
        @Override
        void run(LivePair pair, int rounds) throws Exception {
            writes(pair, "C");
        }
    },
    RECONNECT_RLE(true) {
        @Override
        void run(LivePair pair, int rounds) throws Exception {
            reconnect(pair, "use-rle yes;");
        }
    },
    RECONNECT_PLAIN(false) {
        @Override
        void run(LivePair pair, int rounds) throws Exception {
            reconnect(pair, "use-rle no;");
        }
    },
    LINK_CUT(true) {
        @Override
        void run(LivePair pair, int rounds) throws Exception {
            pair.bringUpInSync("timeout 30; ping-timeout 20; ko-count 2;");
            LiveLoad load = pair.load(pair.oursPrimary(), 5);
            Thread.sleep(1500);
            pair.kernel().link(false);
            pair.node().await("the loss of the link", s -> !s.isConnected());
            pair.kernel().await("the loss of the link", 0, v -> !v.connection().equals("Connected"));
            Thread.sleep(500);
            pair.kernel().link(true);
            pair.awaitConnected();
            load.finish();
            pair.assertEqual();
        }
    },
    KERNEL_CRASHES(false) {
        @Override
        void run(LivePair pair, int rounds) throws Exception {
            pair.bringUpInSync("");
            Random random = new Random(7);
            for (int i = 0; i < rounds; i++) {
                LiveLoad load = pair.load(pair.oursPrimary(), random.nextInt(1000));
                Thread.sleep(300 + random.nextInt(1500));
                pair.kernel().crash();
                pair.node().await("the loss of the peer", s -> !s.isConnected());
                if (pair.oursPrimary()) {
                    load.finish();
                } else {
                    load.join();
                }
                pair.kernel().start();
                pair.kernelComesBack();
                pair.assertEqual(load);
                if (!pair.oursPrimary()) {
                    pair.promote(false);
                }
            }
        }
    },
    WE_CRASH(true) {
        @Override
        void run(LivePair pair, int rounds) throws Exception {
            pair.bringUpInSync("");
            Random random = new Random(8);
            for (int i = 0; i < rounds; i++) {
                LiveLoad load = pair.load(pair.oursPrimary(), random.nextInt(1000));
                Thread.sleep(300 + random.nextInt(1500));
                pair.node().kill();
                pair.kernel()
                        .await("the loss of the peer", 0, v -> !v.connection().equals("Connected"));
                if (pair.oursPrimary()) {
                    load.join();
                } else {
                    load.finish();
                }
                pair.node().start();
                pair.node().must("up", Pair.RESOURCE);
                pair.assertEqual(load);
                if (pair.oursPrimary()) {
                    pair.promote(true);
                }
            }
        }
    },
    ROLE_CHANGE(true) {
        @Override
        void run(LivePair pair, int rounds) throws Exception {
            pair.bringUpInSync("");
            boolean ours = pair.oursPrimary();
            for (int i = 0; i < 4; i++) {
                LiveLoad load = pair.load(ours, 20 + i);
                Thread.sleep(1000);
                load.finish();
                pair.demote(ours);
                ours = !ours;
                pair.promote(ours);
            }
            pair.write(ours, 30);
            pair.assertEqual();
        }
    },
    SPLIT_BRAIN(true) {
        @Override
        void run(LivePair pair, int rounds) throws Exception {
            splitBrain(pair, "");
            pair.awaitOurs(ConnectionState.STANDALONE);
            pair.node().awaitLogged("gave up", "split brain");
            pair.kernel().await("StandAlone", 0, v -> v.connection().equals("StandAlone"));
            // The changes of the Secondary of this row are discarded.
            boolean oursIsDiscarded = !pair.oursPrimary();
            pair.demote(oursIsDiscarded);
            pair.connect(oursIsDiscarded, "--discard-my-data");
            pair.connect(!oursIsDiscarded);
            pair.assertEqual();
        }
    },
    SPLIT_BRAIN_POLICY(false) {
        @Override
        void run(LivePair pair, int rounds) throws Exception {
            splitBrain(pair, "after-sb-0pri discard-least-changes; after-sb-1pri discard-secondary;");
            pair.assertEqual();
        }
    },
    INVALIDATE(true) {
        @Override
        void run(LivePair pair, int rounds) throws Exception {
            pair.bringUpInSync("");
            pair.write(pair.oursPrimary(), 40);
            if (pair.oursPrimary()) {
                pair.kernel().must("drbdadm invalidate h0");
                pair.assertEqual();
                pair.node().must("invalidate-remote", Pair.RESOURCE);
            } else {
                pair.node().must("invalidate", Pair.RESOURCE);
                pair.assertEqual();
                pair.kernel().must("drbdadm invalidate-remote h0");
            }
            pair.assertEqual();
        }
    },
    PAUSE_SYNC(false) {
        @Override
        void run(LivePair pair, int rounds) throws Exception {
            pair.bringUpInSync("");
            pair.disconnect(!pair.oursPrimary());
            pair.write(pair.oursPrimary(), 50);
            pair.kernel().must("drbdadm pause-sync h0");
            pair.connect(!pair.oursPrimary());
            pair.kernel().await("a paused resync", 0, v -> v.connection().startsWith("PausedSync"));
            pair.kernel().must("drbdadm resume-sync h0");
            pair.assertEqual();
            pair.disconnect(!pair.oursPrimary());
            pair.write(pair.oursPrimary(), 51);
            pair.node().must("pause-sync", Pair.RESOURCE);
            pair.connect(!pair.oursPrimary());
            pair.kernel().await("a paused resync", 0, v -> v.connection().startsWith("PausedSync"));
            pair.node().must("resume-sync", Pair.RESOURCE);
            pair.assertEqual();
        }
    },
    VERIFY(false) {
        @Override
        void run(LivePair pair, int rounds) throws Exception {
            pair.bringUpInSync("protocol A; verify-alg sha1;");
            for (boolean ours : new boolean[] {true, false}) {
                LiveLoad load = pair.load(pair.oursPrimary(), ours ? 80 : 81);
                pair.verify(ours);
                load.finish();
                pair.assertOutOfSyncKib(0);
                pair.assertEqual();
                pair.spoil(!pair.oursPrimary(), 4, 9, 10);
                pair.verify(ours);
                pair.assertOutOfSyncKib(12);
                pair.disconnect(ours);
                pair.connect(ours);
                pair.assertEqual();
            }
        }
    },
    CHECKSUM_RESYNC(true) {
        @Override
        void run(LivePair pair, int rounds) throws Exception {
            pair.bringUpInSync("csums-alg md5;");
            pair.write(pair.oursPrimary(), 0, 40, 82);
            pair.assertEqual();
            pair.disconnect(pair.oursPrimary());
            pair.writeAgain(pair.oursPrimary(), 8 << 20);
            pair.write(pair.oursPrimary(), 0, 40, 83);
            pair.connect(pair.oursPrimary());
            pair.assertEqual();
            if (pair.oursPrimary()) {
                pair.kernel().must("dmesg | grep 'equal checksums'");
            } else {
                pair.node().awaitLogged("had equal checksums");
            }
        }
    },
    AHEAD_BEHIND(false) {
        @Override
        void run(LivePair pair, int rounds) throws Exception {
            pair.linkOfSpeed();
            pair.bringUpInSync("protocol A; on-congestion pull-ahead; congestion-fill 128K;");
            pair.linkSpeed(1 << 20);
            LiveLoad load = pair.load(pair.oursPrimary(), 90);
            String ahead = pair.oursPrimary() ? "-> Ahead" : "-> Behind";
            String back = pair.oursPrimary() ? "Ahead -> SyncSource" : "Behind -> SyncTarget";
            pair.node().awaitLogged(ahead);
            Thread.sleep(3000);
            pair.linkSpeed(Long.MAX_VALUE);
            load.finish();
            pair.node().awaitLogged(back);
            pair.assertEqual();
            pair.disconnect(true);
            pair.write(pair.oursPrimary(), 91);
            pair.connect(true);
            pair.assertEqual();
        }
    },
    RESIZE(true) {
        @Override
        void run(LivePair pair, int rounds) throws Exception {
            pair.bringUpInSync("");
            for (boolean ours : new boolean[] {true, false}) {
                pair.write(pair.oursPrimary(), 0, 40, ours ? 92 : 93);
                LiveLoad load = pair.load(pair.oursPrimary(), 94);
                pair.enlarge(1 << 20);
                pair.resize(ours);
                load.finish();
                pair.assertEqual();
                pair.write(pair.oursPrimary(), 0, 60, ours ? 95 : 96);
                pair.assertEqual();
            }
        }
    },
    ATTACH_DETACH(true) {
        @Override
        void run(LivePair pair, int rounds) throws Exception {
            pair.bringUpInSync("");
            LiveLoad load = pair.load(pair.oursPrimary(), 97);
            pair.detach(!pair.oursPrimary());
            Thread.sleep(1000);
            pair.attach(!pair.oursPrimary());
            load.finish();
            pair.assertEqual();
            if (!pair.oursPrimary()) {
                load = pair.load(false, 98);
                pair.detach(false);
                Thread.sleep(1000);
                load.finish();
                pair.write(false, 99);
                pair.assertKernelReads();
                pair.attach(false);
                pair.assertEqual();
            }
        }
    },
    DATA_INTEGRITY(true) {
        @Override
        void run(LivePair pair, int rounds) throws Exception {
            pair.bringUpInSync("data-integrity-alg crc32c;");
            pair.write(pair.oursPrimary(), 84);
            pair.assertEqual();
            pair.disconnect(!pair.oursPrimary());
            pair.write(pair.oursPrimary(), 0, 40, 85);
            pair.connect(!pair.oursPrimary());
            pair.assertEqual();
        }
    },
    NET_OPTIONS(false) {
        @Override
        void run(LivePair pair, int rounds) throws Exception {
            pair.bringUpInSync("protocol C;");
            pair.configureOurs("protocol A; after-sb-0pri discard-zero-changes;");
            pair.node().must("adjust", Pair.RESOURCE);
            pair.kernel()
                    .must("for i in $(seq 60); do grep -q ' A r-----' /proc/drbd && exit 0; sleep 0.5; done; exit 1");
            pair.write(pair.oursPrimary(), 0, 40, 86);
            pair.assertEqual();
            pair.disconnect(true);
            pair.connect(true);
            pair.assertEqual();
            pair.configureKernel("protocol B; after-sb-0pri discard-least-changes;");
            pair.kernel().must("drbdadm adjust h0");
            pair.node().awaitLogged("the peer's configuration has changed", "protocol");
            pair.write(pair.oursPrimary(), 0, 40, 87);
            pair.assertEqual();
            pair.disconnect(false);
            pair.connect(false);
            pair.assertEqual();
        }
    },
    VOLUMES(true) {
        @Override
        void run(LivePair pair, int rounds) throws Exception {
            pair.bringUpInSync("", 2);
            pair.write(pair.oursPrimary(), 0, 60, 60);
            pair.write(pair.oursPrimary(), 1, 60, 61);
            pair.assertEqual();
            pair.disconnect(pair.oursPrimary());
            pair.write(pair.oursPrimary(), 1, 60, 62);
            pair.connect(pair.oursPrimary());
            pair.assertEqual();
            pair.demote(pair.oursPrimary());
            pair.promote(!pair.oursPrimary());
            pair.write(!pair.oursPrimary(), 0, 60, 63);
            pair.assertEqual();
        }
    },
    TWO_PRIMARIES(false) {
        @Override
        void run(LivePair pair, int rounds) throws Exception {
            pair.bringUpInSync("allow-two-primaries yes;");
            boolean first = pair.oursPrimary();
            for (int i = 0; i < 3; i++) {
                pair.promote(!first);
                LiveLoad ours = pair.contestedLoad(true, 100 + i);
                LiveLoad theirs = pair.contestedLoad(false, 110 + i);
                Thread.sleep(4000);
                ours.finish();
                theirs.finish();
                pair.assertEqual();
                // As after a live migration: one goes on, and the other ends beside it.
                LiveLoad goesOn = pair.contestedLoad(!first, 120 + i);
                pair.demote(first);
                Thread.sleep(500);
                goesOn.finish();
                pair.assertEqual(goesOn);
                first = !first;
            }
            pair.assertOutOfSyncKib(0);
            twoPrimariesApart(pair, first);
        }

        /** Each has written without the other: both say that it is a split brain. */
        private void twoPrimariesApart(LivePair pair, boolean survives) throws Exception {
            pair.promote(!survives);
            pair.kernel().link(false);
            pair.node().await("the loss of the link", s -> !s.isConnected());
            pair.kernel().await("the loss of the link", 0, v -> !v.connection().equals("Connected"));
            pair.write(true, 0, 40, 130);
            pair.write(false, 0, 60, 131);
            pair.kernel().link(true);
            pair.awaitOurs(ConnectionState.STANDALONE);
            pair.node().awaitLogged("gave up", "split brain");
            pair.kernel().await("StandAlone", 0, v -> v.connection().equals("StandAlone"));
            pair.demote(!survives);
            pair.connect(!survives, "--discard-my-data");
            pair.connect(survives);
            pair.assertEqual();
        }
    },
    NBD_CLIENT(false) {
        @Override
        void run(LivePair pair, int rounds) throws Exception {
            pair.bringUpInSync("");
            if (!pair.oursPrimary()) {
                pair.demote(false);
                pair.promote(true);
            }
            new KernelNbdClient(pair).run();
            pair.assertEqual();
        }
    };

    private final boolean brief;

    LiveRow(boolean brief) {
        this.brief = brief;
    }

    /** True if it belongs to the selection that every run of the tests includes. */
    boolean brief() {
        return brief;
    }

    /** As on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }

    /** Runs it on a pair that is not up yet; {@code rounds} is the number of crashes of a row about crashes. */
    abstract void run(LivePair pair, int rounds) throws Exception;

    private static void writes(LivePair pair, String protocol) throws Exception {
        pair.bringUpInSync("protocol " + protocol + ";");
        pair.write(pair.oursPrimary(), 2);
        pair.assertEqual();
        pair.write(pair.oursPrimary(), 3);
        pair.assertEqual();
    }

    private static void reconnect(LivePair pair, String net) throws Exception {
        pair.bringUpInSync(net);
        for (boolean ours : new boolean[] {true, false}) {
            pair.disconnect(ours);
            pair.write(pair.oursPrimary(), ours ? 10 : 11);
            pair.connect(ours);
            pair.assertEqual();
        }
    }

    private static void splitBrain(LivePair pair, String net) throws Exception {
        pair.bringUpInSync(net);
        boolean first = pair.oursPrimary();
        pair.disconnect(true);
        pair.kernel().run("drbdadm disconnect h0");
        pair.write(first, 70);
        pair.promote(!first);
        pair.write(!first, 0, 40, 71);
        pair.demote(!first);
        pair.kernel().run("drbdadm connect h0");
        pair.node().must("connect", Pair.RESOURCE);
    }
}
