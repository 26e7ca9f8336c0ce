package io.bsr.config.declared;

/** Where a volume keeps its metadata; configuration-language reference, section 6.4. */
public sealed interface MetaDisk {

    /** The device that holds the metadata of a volume with that backing disk. */
    String deviceFor(String disk);

    /** The index argument of the metadata tool. */
    String metaArgument();

    /** The index argument of attach. */
    default String attachArgument() {
        return metaArgument();
    }

    /** At the end of the backing disk. */
    record Internal() implements MetaDisk {
        @Override
        public String deviceFor(String disk) {
            return disk;
        }

        @Override
        public String metaArgument() {
            return "internal";
        }
    }

    /** A whole device. */
    record Flexible(String device) implements MetaDisk {
        @Override
        public String deviceFor(String disk) {
            return device;
        }

        @Override
        public String metaArgument() {
            return "flex-external";
        }

        @Override
        public String attachArgument() {
            return "flexible";
        }
    }

    /** A slot of 128 MiB on a device that several volumes share. */
    record Indexed(String device, int index) implements MetaDisk {
        @Override
        public String deviceFor(String disk) {
            return device;
        }

        @Override
        public String metaArgument() {
            return Integer.toString(index);
        }
    }

    /** A loop device (or a drive) that an image file stands behind. */
    record FileBacked(String device, String file) implements MetaDisk {
        @Override
        public String deviceFor(String disk) {
            return device;
        }

        @Override
        public String metaArgument() {
            return file;
        }
    }
}
