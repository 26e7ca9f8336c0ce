package io.bsr.control.status;

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
 * @param users who holds the volume open
 * @param device path of the block device under which users find it on this node, empty if there is none
 * @param backing path of the data, empty if diskless
 * @param metaBacking path of the metadata, empty if diskless
 * @param metaIndex -3 internal, -2 flexible external, 0 … 255 indexed
 * @param metaDeviceSize size in bytes of the device with the metadata, as these were placed for it; 0 if diskless
 * @param flushes {@code "yes"}, {@code "no"}, or {@code "not needed"} (no volatile cache)
 * @param blocked whether requests of users are held: by a suspension, or while a peer is exchanging identifiers
 * @param waitsFor what keeps the volume from making progress, in words; empty if nothing does
 * @param failure why the disk that was attached last was given up, in words; empty if it was not
 * @param failedAt when, in microseconds since 1970 UTC; 0 if it was not
 */
public record VolumeStatus(
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
        String device,
        String backing,
        String metaBacking,
        int metaIndex,
        long metaDeviceSize,
        String flushes,
        boolean blocked,
        String waitsFor,
        String failure,
        long failedAt,
        GenerationStatus generation,
        Map<String, String> options) {}
