package io.bsr.cli.bsrmeta;

import io.bsr.metadata.ActivityLogRing;
import io.bsr.metadata.FormatVersion;
import io.bsr.metadata.MetadataException;
import io.bsr.metadata.MetadataException.Code;
import io.bsr.metadata.MetadataLayout;
import io.bsr.metadata.tool.Consent;
import io.bsr.metadata.tool.ConvertMetadata;
import io.bsr.metadata.tool.CreateMetadata;
import io.bsr.metadata.tool.ExistingContent.Kind;
import io.bsr.metadata.tool.MetadataSurvey;
import io.bsr.metadata.tool.MetadataSurvey.Version;
import io.bsr.metadata.tool.OpenMetadata;
import io.bsr.metadata.tool.RestoreMetadata;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** {@code create-md}, {@code restore-md} and {@code convert}: what is there is looked at, and asked about. */
final class Creation {
    private static final int MOST_BIO_BYTES = 1 << 20;

    private final Session session;
    private final boolean internal;

    Creation(Session session) {
        this.session = session;
        internal = session.target().placement().internal();
    }

    int create(int peers) throws MetadataException, MetaExit, IOException {
        ActivityLogRing ring = session.ring().orElse(ActivityLogRing.DEFAULT);
        int bio = (int) session.size("peer-max-bio-size", 0, 0, MOST_BIO_BYTES, 1);
        MetadataLayout layout = MetadataLayout.forDevice(
                session.target().placement(), session.device().size(), peers, ring);
        MetadataSurvey survey = MetadataSurvey.of(session.device(), layout);
        if (survey.metadata().isEmpty() && !session.forced()) {
            Optional<OpenMetadata> former = session.atLastKnownPlace();
            if (former.isPresent() && session.confirmed("Move internal meta data from last-known position?")) {
                session.move(former.get());
                return Session.OK;
            }
        }
        if (!survey.metadata().isEmpty()) {
            MetadataSurvey.Found found = survey.metadata().getFirst();
            Optional<OpenMetadata> v08 = found.version() == Version.V08 ? v08() : Optional.empty();
            if (v08.isPresent()) {
                announce(found);
                if (session.confirmed("Valid v08 meta-data found, convert to v09?")) {
                    if (peers > 1) {
                        session.print("Warning: setting max_peers to 1 instead of " + peers + "\n\n");
                    }
                    return convert(v08.get());
                }
                session.confirm("So you want me to replace the v08 meta-data\nwith newly initialized v09 meta-data?");
            } else {
                askToOverwrite(found, ring);
            }
        }
        Set<Consent> consent = consent(survey, layout);
        consent.add(Consent.OVERWRITE_METADATA);
        session.tell("initializing bitmap (" + layout.bitmapAreaBytes() / 1024 + " KB) to all zero");
        session.print("initializing activity log\n");
        session.print("Writing meta data...\n");
        try (ProgressBar bar = session.progress("initializing bitmap")) {
            session.remember(CreateMetadata.create(session.device(), layout, 0, bio, consent, bar));
        }
        return session.print("New bsr meta data block successfully created.\n");
    }

    private Optional<OpenMetadata> v08() throws MetadataException {
        try {
            return Optional.of(
                    OpenMetadata.open(session.device(), session.target().placement(), FormatVersion.V08));
        } catch (MetadataException e) {
            if (e.code() == Code.IO) {
                throw e;
            }
            return Optional.empty();
        }
    }

    private void announce(MetadataSurvey.Found found) {
        String kind = internal
                ? "flexible-size internal"
                : session.target().placement().toString();
        session.tell("You want me to create a v09 style " + kind + " meta data block.");
        session.tell("There appears to be a " + found.format() + (found.version() == Version.V07 ? "" : " " + kind)
                + " meta data block");
        session.tell("already in place on " + session.device().description() + " at byte offset " + found.offset());
    }

    private void askToOverwrite(MetadataSurvey.Found found, ActivityLogRing ring)
            throws MetadataException, MetaExit, IOException {
        switch (found.version()) {
            case V09 -> {
                if (!internal) {
                    session.confirm("Valid meta data seems to be in place.\nDo you really want to overwrite?");
                    return;
                }
                announce(found);
                OpenMetadata present =
                        OpenMetadata.open(session.device(), session.target().placement());
                // With --force the original takes this for a yes and gives up; here force means to overwrite.
                if (!present.layout().ring().equals(ring)
                        && !session.forced()
                        && session.confirmed("Do you want to change the activity log stripe settings *only*?")) {
                    throw new MetaExit(
                            MetaExit.ACTIVITY_LOG,
                            "The activity log of existing metadata cannot be changed in place.\nTry dump-md > dump.txt;"
                                    + " restore-md -s x -z y dump.txt");
                }
                session.confirm("Do you really want to overwrite the existing meta-data?");
            }
            case V09_NOT_VALID -> {
                session.tell("There are v09 meta data that do not fit this device, at byte offset " + found.offset()
                        + ".\nEither they are damaged, or the device has another size than it had.");
                session.confirm("Do you really want to overwrite the existing meta-data?");
            }
            case V08, V07 -> {
                announce(found);
                session.confirm("So you want me to replace the " + found.format()
                        + " meta-data\nwith newly initialized v09 meta-data?");
            }
        }
    }

    /** Makes metadata of v09 from those of v08, with a question. */
    int convert() throws MetadataException, MetaExit, IOException {
        Optional<OpenMetadata> v08 = v08();
        if (v08.isEmpty()) {
            OpenMetadata.open(session.device(), session.target().placement());
            return session.print("The meta data are of v09 already.\n");
        }
        session.confirm("Valid v08 meta-data found, convert to v09?");
        return convert(v08.get());
    }

    private int convert(OpenMetadata v08) throws MetadataException {
        session.print("Writing meta data...\n");
        try (ProgressBar bar = session.progress("applying the activity log")) {
            ConvertMetadata.Converted converted = ConvertMetadata.toV09(v08, bar);
            converted.log().messages().forEach(session::tell);
            session.remember(converted.metadata());
        }
        return session.print("New bsr meta data block successfully created.\n");
    }

    int restore(RestoreMetadata.Source source) throws MetadataException, MetaExit, IOException {
        if (valid()) {
            session.confirm("Valid meta-data in place, overwrite?");
        }
        RestoreMetadata restore = RestoreMetadata.check(
                session.device(),
                session.target().placement(),
                source,
                session.ring().orElse(null));
        session.tell("reinitializing");
        MetadataSurvey survey = MetadataSurvey.of(session.device(), restore.layout());
        if (!survey.metadata().isEmpty() && survey.metadata().getFirst().version() != Version.V09) {
            announce(survey.metadata().getFirst());
            session.confirm("Do you really want to overwrite the existing meta-data?");
        }
        Set<Consent> consent = consent(survey, restore.layout());
        consent.add(Consent.OVERWRITE_METADATA);
        try (ProgressBar bar = session.progress("restoring the bitmap")) {
            session.remember(restore.write(consent, bar));
        }
        return session.print("Successfully restored meta data\n");
    }

    private boolean valid() throws MetadataException {
        try {
            OpenMetadata found =
                    OpenMetadata.open(session.device(), session.target().placement());
            return found.version() == FormatVersion.V09;
        } catch (MetadataException e) {
            if (e.code() == Code.IO) {
                throw e;
            }
            return false;
        }
    }

    /** Tells what the start of the device looks like; refuses, or asks where the administrator may decide. */
    private Set<Consent> consent(MetadataSurvey survey, MetadataLayout layout) throws MetaExit, IOException {
        Set<Consent> consent = EnumSet.of(Consent.OVERWRITE_DATA);
        Kind kind = survey.content().kind();
        if (kind == Kind.NOTHING) {
            return consent;
        }
        long usable = layout.firstByte() / 1024;
        session.print("md_offset " + layout.superblockOffset() + "\nal_offset " + layout.alOffset() + "\nbm_offset "
                + layout.bitmapOffset() + "\n\nFound " + kind.label() + "\n");
        if (kind == Kind.SOME_DATA) {
            session.print("\n ==> This might destroy existing data! <==\n");
            session.confirm("Do you want to proceed?");
            return consent;
        }
        if (internal) {
            survey.content()
                    .bytes()
                    .ifPresent(
                            bytes -> session.print(String.format("%12d kB data area apparently used\n", bytes / 1024)));
            session.print(String.format("%12d kB left usable by current configuration\n", usable));
        }
        if (survey.tooLarge()) {
            session.print("""

                    Device size would be truncated, which
                    would corrupt data and result in
                    'access beyond end of device' errors.
                    You need to either
                       * use external meta data (recommended)
                       * shrink that filesystem first
                       * zero out the device (destroy the filesystem)
                    Operation refused.

                    """);
            throw new MetaExit(
                    MetaExit.WOULD_DESTROY,
                    "The " + kind.label() + " reaches into the space of the metadata; this cannot be forced.");
        }
        if (survey.inTheWay()) {
            session.print(internal ? """
                            Device size would be truncated, which
                            would corrupt data and result in
                            'access beyond end of device' errors.
                            """ : "\nThis would corrupt existing data.\n");
            if (!session.arguments().has("ignore-sanity-checks")) {
                session.print("""
                        If you want me to do this, you need to zero out the first part
                        of the device (destroy the content).
                        You should be very sure that you mean it.
                        Operation refused.

                        """);
                throw new MetaExit(
                        MetaExit.WOULD_DESTROY,
                        "There is a " + kind.label()
                                + " on the device; only --ignore-sanity-checks takes it for worthless.");
            }
            session.print("\nIgnoring sanity check on user request.\n\n");
            consent.add(Consent.IGNORE_SANITY_CHECKS);
            return consent;
        }
        session.print("""

                Even though it looks like this would place the new meta data into
                unused space, you still need to confirm, as this is only a guess.
                """);
        session.confirm("Do you want to proceed?");
        return consent;
    }
}
