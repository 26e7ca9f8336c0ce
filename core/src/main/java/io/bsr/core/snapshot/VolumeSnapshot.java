package io.bsr.core.snapshot;

import io.bsr.base.state.DiskState;
import java.util.List;
import java.util.Map;

/**
 * A volume at one moment. Amounts are in 512-byte sectors unless said otherwise.
 *
 * @param size sectors usable by users; 0 while unknown
 * @param read sectors read for users since creation of the volume, {@code written} likewise
 * @param alWrites activity-log transactions written
 * @param bmWrites bitmap blocks written
 * @param upperPending requests of users in flight
 * @param lowerPending operations of the backing store in flight
 * @param alUsed extents of the activity log that are referenced
 * @param ioErrors errors of the backing store passed through
 * @param users descriptions of who holds the volume open
 * @param backing description of the data store, empty if diskless
 * @param metaDeviceSize size of the store with the metadata that these were placed for, in bytes; 0 if diskless
 * @param flushes how durability is reached: {@code "yes"}, {@code "no"}, or {@code "not needed"} (no volatile cache)
 * @param blocked whether requests of users are held: by a suspension, or while a peer is exchanging identifiers
 * @param waitsFor what keeps the volume from making progress, in words; empty if nothing does
 * @param failure why the disk that was attached last was given up, in words; empty if it was not
 * @param failedAt when, in ns on the clock of the loop
 */
public record VolumeSnapshot(
        int number,
        int minor,
        DiskState disk,
        long size,
        long read,
        long written,
        long alWrites,
        long bmWrites,
        int upperPending,
        int lowerPending,
        boolean alSuspended,
        int alPendingChanges,
        int alUsed,
        int ioErrors,
        List<String> users,
        String backing,
        String metaBacking,
        int metaIndex,
        long metaDeviceSize,
        String flushes,
        boolean blocked,
        String waitsFor,
        String failure,
        long failedAt,
        GenerationSnapshot generation,
        Map<String, String> options) {}
