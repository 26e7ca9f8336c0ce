package io.bsr.frontend.nbd;

import io.bsr.base.VolumeNumber;
import org.jspecify.annotations.Nullable;

/**
 * The name of an export: {@code RESOURCE/VOLUME}, or {@code RESOURCE} alone for volume 0.
 *
 * @param resource the resource, not empty, without a slash
 * @param volume the volume of that resource
 */
public record ExportName(String resource, VolumeNumber volume) {
    public ExportName {
        if (resource.isEmpty() || resource.indexOf('/') >= 0) {
            throw new IllegalArgumentException("not the name of a resource: \"" + resource + "\"");
        }
    }

    /** The name that {@code text} stands for; {@code null} if it has neither form. */
    public static @Nullable ExportName parse(String text) {
        int slash = text.indexOf('/');
        String resource = slash < 0 ? text : text.substring(0, slash);
        String volume = slash < 0 ? "0" : text.substring(slash + 1);
        if (resource.isEmpty() || volume.isEmpty() || volume.length() > 5) {
            return null;
        }
        int number = 0;
        for (int i = 0; i < volume.length(); i++) {
            char digit = volume.charAt(i);
            if (digit < '0' || digit > '9') {
                return null;
            }
            number = number * 10 + digit - '0';
        }
        boolean canonical = volume.length() == 1 || volume.charAt(0) != '0';
        return canonical && number <= 65534 ? new ExportName(resource, new VolumeNumber(number)) : null;
    }

    /** The canonical form, {@code RESOURCE/VOLUME}. */
    @Override
    public String toString() {
        return resource + "/" + volume;
    }
}
