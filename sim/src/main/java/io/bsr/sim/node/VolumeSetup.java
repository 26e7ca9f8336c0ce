package io.bsr.sim.node;

import io.bsr.metadata.ActivityLogRing;
import io.bsr.metadata.Placement;

/**
 * A volume as configured.
 *
 * @param dataBytes size of the data device of each node; with internal metadata they are on it too
 * @param metaBytes size of the metadata device, unused with internal metadata
 */
public record VolumeSetup(int number, long dataBytes, long metaBytes, Placement placement, ActivityLogRing ring) {}
