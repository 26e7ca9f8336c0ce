package io.bsr.metadata.tool;

import io.bsr.metadata.Placement;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.zip.GZIPInputStream;

/** A golden image: a metadata region made by real tools, and what a correct reader must find in it. */
final class GoldenImage {
    final String name;
    private final Map<String, String> expected = new LinkedHashMap<>();

    GoldenImage(String name) {
        this.name = name;
        for (String line :
                new String(resource(".expect"), StandardCharsets.UTF_8).lines().toList()) {
            int equals = line.indexOf('=');
            expected.put(line.substring(0, equals), line.substring(equals + 1));
        }
    }

    /** A value, or the empty string. */
    String text(String key) {
        return expected.getOrDefault(key, "");
    }

    long number(String key) {
        return Long.decode(text(key));
    }

    long unsigned(String key) {
        return Long.parseUnsignedLong(text(key).substring(2), 16);
    }

    Placement placement() {
        return switch (text("index")) {
            case "internal", "flex-internal" -> new Placement.Internal();
            case "flex-external" -> new Placement.FlexibleExternal();
            default -> new Placement.Indexed((int) number("index"));
        };
    }

    SparseDevice device() {
        SparseDevice device = new SparseDevice(number("device-size"));
        byte[] region = region();
        device.put(number("region-offset"), region, region.length);
        return device;
    }

    byte[] region() {
        try (InputStream in = new GZIPInputStream(Objects.requireNonNull(stream(".region.gz")))) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The dump without its first three lines, which name program, time and command. */
    String dump() {
        return new String(resource(".dump"), StandardCharsets.UTF_8).split("\n", 4)[3];
    }

    String restoreInput() {
        return new String(resource(".restore-input"), StandardCharsets.UTF_8);
    }

    /** Set bits of a slot: those below the effective size, and with {@code surplus} those beyond. */
    BitSet bits(int slot) {
        BitSet bits = new BitSet();
        String text = text("slot." + slot + ".bits");
        String surplus = text("slot." + slot + ".surplus");
        for (String range : (text + (text.isEmpty() || surplus.isEmpty() ? "" : ",") + surplus).split(",", -1)) {
            if (!range.isEmpty()) {
                String[] ends = range.split("-", -1);
                bits.set(Integer.parseInt(ends[0]), Integer.parseInt(ends[ends.length - 1]) + 1);
            }
        }
        return bits;
    }

    private byte[] resource(String suffix) {
        try (InputStream in = Objects.requireNonNull(stream(suffix), name + suffix)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private InputStream stream(String suffix) {
        return Objects.requireNonNull(GoldenImage.class.getResourceAsStream("/v09/" + name + suffix), name + suffix);
    }
}
