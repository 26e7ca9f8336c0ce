package io.bsr.metadata;

/** Where the metadata of a device is (metadata reference, section 2.1). */
public sealed interface Placement {
    /** At the end of the data device, sized for it. */
    record Internal() implements Placement {
        @Override
        public String toString() {
            return "internal";
        }
    }

    /** On a device of its own, which it fills. */
    record FlexibleExternal() implements Placement {
        @Override
        public String toString() {
            return "flex-external";
        }
    }

    /**
     * In one of the equal slots of a device that several resources share.
     *
     * @param index 0 … 255
     */
    record Indexed(int index) implements Placement {
        /** Size of a slot: 256 MiB (DRBD: 128 MiB). */
        public static final long SLOT_BYTES = 256L << 20;

        public Indexed {
            if (index < 0 || index > 255) {
                throw new IllegalArgumentException("metadata index " + index + " is not in 0 … 255");
            }
        }

        @Override
        public String toString() {
            return Integer.toString(index);
        }
    }

    /** True if data and metadata share the device. */
    default boolean internal() {
        return this instanceof Internal;
    }
}
