/**
 * Identifiers and quantities that every other module shares.
 *
 * <p>Sectors are always 512 bytes, also on disks with 4 KiB blocks. One bit of the out-of-sync bitmap stands for 4 KiB
 * of storage, one activity-log extent for 4 MiB.
 */
@NullMarked
package io.bsr.base;

import org.jspecify.annotations.NullMarked;
