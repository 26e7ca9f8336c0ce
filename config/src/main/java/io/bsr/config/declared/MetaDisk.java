package io.bsr.config.declared;

/** Where a volume keeps its metadata; configuration-language reference, section 6.4. */
public sealed interface MetaDisk {

    /** At the end of the backing disk. */
    record Internal() implements MetaDisk {}

    /** A whole device. */
    record Flexible(String device) implements MetaDisk {}

    /** A slot of 128 MiB on a device that several volumes share. */
    record Indexed(String device, int index) implements MetaDisk {}

    /** A loop device (or a drive) that an image file stands behind. */
    record FileBacked(String device, String file) implements MetaDisk {}

    /** The device that holds the metadata of a volume with that backing disk. */
    default String deviceFor(String disk) {
        return switch (this) {
            case Internal ignored -> disk;
            case Flexible f -> f.device();
            case Indexed i -> i.device();
            case FileBacked f -> f.device();
        };
    }

    /** The index argument of the metadata tool. */
    default String metaArgument() {
        return switch (this) {
            case Internal ignored -> "internal";
            case Flexible ignored -> "flex-external";
            case Indexed i -> Integer.toString(i.index());
            case FileBacked f -> f.file();
        };
    }

    /** The index argument of attach. */
    default String attachArgument() {
        return this instanceof Flexible ? "flexible" : metaArgument();
    }
}
