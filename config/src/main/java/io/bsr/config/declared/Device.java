package io.bsr.config.declared;

/**
 * The block device that users of a volume open.
 *
 * @param name as written ({@code /dev/bsr0}, a drive letter), empty if only the minor was given
 * @param minor 0 … 1048575
 */
public record Device(String name, int minor) {

    /** The path of the device; {@code /dev/bsrN} if no name was given. */
    public String path() {
        return name.isEmpty() ? "/dev/bsr" + minor : name;
    }
}
