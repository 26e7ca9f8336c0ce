package io.bsr.metadata.tool;

/** What the administrator agreed to, by answering a question or by an option. */
public enum Consent {
    /** Existing metadata, of whatever version, may be overwritten. */
    OVERWRITE_METADATA,
    /** Data of unknown kind, or a file system that stays whole, may be overwritten or go on beside the metadata. */
    OVERWRITE_DATA,
    /** The refusals that protect a recognised signature are waived ({@code --ignore-sanity-checks}). */
    IGNORE_SANITY_CHECKS
}
