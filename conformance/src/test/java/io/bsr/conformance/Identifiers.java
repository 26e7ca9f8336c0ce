package io.bsr.conformance;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Generation identifiers and numbers of transactions that our node chose, beside those that the recorded node chose in its
 * place: what the other node is recorded to say about them is said about ours.
 */
final class Identifiers {
    /** The lowest bit says that its holder is Primary, and is no part of the identifier. */
    private static final long PRIMARY = 1;

    static final long JUST_CREATED = 4;

    private final int receiver;
    private final Map<Long, Long> ours = new HashMap<>();
    private final Map<Integer, Integer> transactions = new HashMap<>();

    /** The node id of who hears what our node sends. */
    Identifiers(int receiver) {
        this.receiver = receiver;
    }

    /** Offsets of the identifiers in a packet. */
    private static int[] places(Packet packet) {
        return switch (packet.command()) {
            case Packet.UUIDS -> new int[] {0, 8, 16, 24};
            case Packet.SYNC_UUID -> new int[] {0};
            case Packet.UUIDS110 -> {
                int[] all = new int[1 + (packet.body().remaining() - 40) / 8];
                for (int i = 1; i < all.length; i++) {
                    all[i] = 32 + 8 * i;
                }
                yield all;
            }
            default -> new int[0];
        };
    }

    /** The identifiers that decide about a resync: the current one, that of the bitmap towards the receiver, the former. */
    private long[] told(Packet packet) {
        if (packet.command() != Packet.UUIDS110) {
            return Arrays.stream(places(packet))
                    .mapToLong(at -> packet.body().getLong(at))
                    .toArray();
        }
        long mask = packet.body().getLong(32);
        long bitmap = (mask >>> receiver & 1) == 0
                ? 0
                : packet.body().getLong(40 + 8 * Long.bitCount(mask & ((1L << receiver) - 1)));
        return new long[] {packet.body().getLong(0), bitmap};
    }

    /** True if two packets of our side tell the same. */
    boolean tellTheSame(Packet one, Packet other) {
        return one.command() == other.command()
                && one.volume() == other.volume()
                && Arrays.equals(told(one), told(other));
    }

    private static boolean isTransaction(Packet packet) {
        return switch (packet.command()) {
            case Packet.TWO_PHASE_PREPARE, Packet.TWO_PHASE_COMMIT, Packet.TWO_PHASE_YES -> true;
            default -> false;
        };
    }

    private static boolean isSpecial(long identifier) {
        return identifier == 0 || identifier == -1 || (identifier & ~PRIMARY) == JUST_CREATED;
    }

    /**
     * Our node sent a packet where another was recorded.
     *
     * @return what is wrong: an identifier of the recording would have to be two of ours, or two of it one; empty if nothing is
     */
    String learn(Packet recorded, Packet sent) {
        if (isTransaction(recorded)) {
            int is = sent.body().getInt(0);
            int was = transactions.computeIfAbsent(recorded.body().getInt(0), t -> is);
            return was == is ? "" : "transaction " + Integer.toHexString(is);
        }
        long[] all = told(recorded);
        long[] allNow = told(sent);
        for (int at = 0; at < all.length; at++) {
            long before = all[at];
            long now = allNow[at];
            if (isSpecial(before) || isSpecial(now)) {
                if (special(at, before) != special(at, now)) {
                    return describe(at, before, now);
                }
            } else {
                Long known = ours.get(before & ~PRIMARY);
                if (known == null && !ours.containsValue(now & ~PRIMARY)) {
                    ours.put(before & ~PRIMARY, now & ~PRIMARY);
                } else if (known == null || known != (now & ~PRIMARY)) {
                    return describe(at, before, now);
                }
            }
            // Of a resync only the identifier counts: it is of no role.
            if (!isSpecial(before) && recorded.command() != Packet.SYNC_UUID && (before & PRIMARY) != (now & PRIMARY)) {
                return describe(at, before, now);
            }
        }
        return "";
    }

    /** The identifier of a disk without data, where it is not the current one, is as good as none. */
    static long special(int at, long identifier) {
        return at > 0 && (identifier & ~PRIMARY) == JUST_CREATED ? 0 : identifier;
    }

    private static String describe(int at, long before, long now) {
        return "identifier at " + at + ": %016X where %016X was".formatted(now, before);
    }

    /** What the recorded node sends, about the identifiers of our node; those it chose itself are kept, and known from now on. */
    Packet ofPeer(Packet recorded) {
        for (int at : places(recorded)) {
            long identifier = recorded.body().getLong(at);
            if (!isSpecial(identifier)) {
                ours.computeIfAbsent(identifier & ~PRIMARY, k -> k);
            }
        }
        if (isTransaction(recorded)) {
            transactions.computeIfAbsent(recorded.body().getInt(0), t -> t);
        }
        return translate(recorded);
    }

    /** The packet with our identifiers instead of the recorded ones, as far as they are known. */
    Packet translate(Packet recorded) {
        byte[] body = new byte[recorded.body().remaining()];
        recorded.body().get(body);
        ByteBuffer out = ByteBuffer.wrap(body);
        if (isTransaction(recorded)) {
            out.putInt(0, transactions.getOrDefault(out.getInt(0), out.getInt(0)));
        }
        for (int at : places(recorded)) {
            long identifier = out.getLong(at);
            if (!isSpecial(identifier)) {
                long known = ours.getOrDefault(identifier & ~PRIMARY, identifier & ~PRIMARY);
                out.putLong(at, known | (identifier & PRIMARY));
            }
        }
        return recorded.with(body);
    }
}
