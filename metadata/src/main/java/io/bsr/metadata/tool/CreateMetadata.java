package io.bsr.metadata.tool;

import io.bsr.metadata.MetadataException;
import io.bsr.metadata.MetadataLayout;
import io.bsr.metadata.Superblock;
import java.util.Set;

/**
 * Creates v09 metadata: empty activity log, no block out of sync, a current UUID that says "just created".
 *
 * <p>The command line first makes the {@link MetadataLayout} and takes a {@link MetadataSurvey} to know what to ask.
 */
public final class CreateMetadata {
    private CreateMetadata() {}

    /** {@link #create(MetadataDevice, MetadataLayout, long, int, Set, Progress)} unwatched. */
    public static OpenMetadata create(
            MetadataDevice device, MetadataLayout layout, long deviceUuid, int peerMaxBioBytes, Set<Consent> consent)
            throws MetadataException {
        return create(device, layout, deviceUuid, peerMaxBioBytes, consent, Progress.NONE);
    }

    /**
     * Creates the metadata.
     *
     * @param deviceUuid random name of the device, 0 for none
     * @param peerMaxBioBytes informative, 0 … 1 MiB
     * @param consent what may be overwritten
     * @param progress is told of the bytes of the bitmap
     * @throws MetadataException EXISTING_METADATA or EXISTING_DATA without consent (nothing was changed), IO
     */
    public static OpenMetadata create(
            MetadataDevice device,
            MetadataLayout layout,
            long deviceUuid,
            int peerMaxBioBytes,
            Set<Consent> consent,
            Progress progress)
            throws MetadataException {
        MetadataSurvey.of(device, layout).requireConsent(consent);
        Superblock superblock = Superblock.create(layout);
        superblock.deviceUuid = deviceUuid;
        superblock.peerMaxBioBytes = peerMaxBioBytes;
        FreshMetadata fresh = new FreshMetadata(device, layout, progress);
        fresh.begin(superblock);
        fresh.commit(superblock);
        return OpenMetadata.written(device, layout, superblock);
    }
}
