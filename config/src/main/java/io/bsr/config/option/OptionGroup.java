package io.bsr.config.option;

import java.util.List;

/** The families of options: what an option belongs to decides where it may be written and whom it is sent to. */
public enum OptionGroup {
    /** A backing disk. */
    DISK("disk"),
    /** One volume towards one peer; written in {@code disk} sections. */
    PEER_DEVICE("disk"),
    /** One connection. */
    NET("net"),
    /** The resource on all its nodes. */
    RESOURCE("options"),
    /** The resource on one node. */
    NODE("options"),
    /** The wait commands. */
    STARTUP("startup"),
    /** Shell commands run on events. */
    HANDLER("handlers"),
    /** A replication accelerator between the nodes. */
    PROXY("proxy"),
    /** Only arguments of commands, never in a file. */
    COMMAND("");

    private final String section;

    OptionGroup(String section) {
        this.section = section;
    }

    /** The word that opens the section in which these options are written. */
    public String section() {
        return section;
    }

    /** Where that section may stand. */
    public List<SectionKind> parents() {
        return switch (this) {
            case DISK -> List.of(SectionKind.COMMON, SectionKind.RESOURCE, SectionKind.HOST, SectionKind.VOLUME);
            case PEER_DEVICE ->
                List.of(
                        SectionKind.COMMON,
                        SectionKind.RESOURCE,
                        SectionKind.HOST,
                        SectionKind.VOLUME,
                        SectionKind.CONNECTION,
                        SectionKind.CONNECTION_VOLUME);
            case NET -> List.of(SectionKind.COMMON, SectionKind.RESOURCE, SectionKind.CONNECTION, SectionKind.MESH);
            case NODE -> List.of(SectionKind.COMMON, SectionKind.RESOURCE, SectionKind.HOST);
            case RESOURCE, STARTUP, HANDLER -> List.of(SectionKind.COMMON, SectionKind.RESOURCE);
            case PROXY -> List.of(SectionKind.COMMON, SectionKind.RESOURCE, SectionKind.PROXY);
            case COMMAND -> List.of();
        };
    }
}
