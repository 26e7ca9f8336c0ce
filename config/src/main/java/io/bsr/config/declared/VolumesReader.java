package io.bsr.config.declared;

import io.bsr.config.diagnostic.DiagnosticCode;
import io.bsr.config.syntax.Item;
import io.bsr.config.syntax.Token;
import java.util.ArrayList;
import java.util.List;

/** The volumes of one resource or host section: explicit ones, or the implicit volume 0, never both. */
final class VolumesReader {
    private static final int LARGEST_VOLUME = 65534;

    private final Reading reading;
    private final String key;
    private final boolean ofHost;
    private final Platform platform;
    private final List<VolumeReader> volumes = new ArrayList<>();

    VolumesReader(Reading reading, String key, boolean ofHost, Platform platform) {
        this.reading = reading;
        this.key = key;
        this.ofHost = ofHost;
        this.platform = platform;
    }

    /** {@code volume N { … }}. */
    void explicit(Words words) {
        Token keyword = words.next();
        Integer number = words.integer("volume number", 0, LARGEST_VOLUME);
        List<Item> items = words.block();
        if (number == null || items == null) {
            return;
        }
        String volumeKey = key + ":" + number;
        reading.unique("volume", volumeKey, Integer.toString(number), keyword);
        if (!volumes.isEmpty() && volumes.getFirst().implicit()) {
            mixed(words, keyword);
        }
        VolumeReader volume = new VolumeReader(reading, number, false, volumeKey, ofHost, platform, keyword.location());
        volumes.add(volume);
        volume.read(items);
    }

    /** A statement of the implicit volume. */
    void implicit(Words words) {
        if (volumes.isEmpty()) {
            volumes.add(new VolumeReader(
                    reading,
                    0,
                    true,
                    key + ":implicit",
                    ofHost,
                    platform,
                    words.peek().location()));
        } else if (!volumes.getFirst().implicit()) {
            mixed(words, words.peek());
        }
        volumes.getFirst().statement(words);
    }

    private static void mixed(Words words, Token token) {
        words.report(
                DiagnosticCode.MIXED_VOLUMES,
                token,
                "volume sections and statements of an implicit volume stand side by side",
                List.of());
    }

    List<DeclaredVolume> volumes() {
        return volumes.stream()
                .map(VolumeReader::volume)
                .sorted((one, other) -> Integer.compare(one.number(), other.number()))
                .toList();
    }
}
