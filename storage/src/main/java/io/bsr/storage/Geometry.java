package io.bsr.storage;

/**
 * What is known of an open file or device.
 *
 * @param size bytes, a multiple of {@code logicalBlockSize}
 * @param logicalBlockSize 512 or 4096
 * @param volatileCache see the package
 * @param discards space can be freed
 * @param description path and whatever is worth knowing about how it is used
 */
record Geometry(long size, int logicalBlockSize, boolean volatileCache, boolean discards, String description) {}
