package io.bsr.config.option;

/** The sections that contain option sections. */
public enum SectionKind {
    COMMON("common"),
    RESOURCE("resource"),
    HOST("on"),
    VOLUME("volume"),
    CONNECTION("connection"),
    CONNECTION_VOLUME("volume of connection"),
    MESH("connection-mesh"),
    PROXY("proxy on");

    private final String shown;

    SectionKind(String shown) {
        this.shown = shown;
    }

    /** The name in messages. */
    public String shown() {
        return shown;
    }
}
