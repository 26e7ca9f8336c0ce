package io.bsr.config.plan;

/**
 * The steps of {@code up} and {@code adjust}. All resources finish a stage before the next one begins; the order of the
 * constants is the order of the stages.
 */
public enum Stage {
    PREREQUISITE("create res", true),
    RESOURCE("adjust res", false),
    DISK_PREP_DOWN("prepare disk", false),
    DISK_PREP_UP("prepare disk", true),
    NET_DISCONNECT("prepare net", false),
    NET_PREP_DOWN("prepare net", false),
    NET_PREP_UP("prepare net", true),
    NET_PATH("prepare net", false),
    NET("adjust net", false),
    PEER_DEVICE("adjust peer_devices", false),
    DISK("adjust disk", false),
    NET_CONNECT("attempt to connect", false);

    private final String title;
    private final boolean cancelsResource;

    Stage(String title, boolean cancelsResource) {
        this.title = title;
        this.cancelsResource = cancelsResource;
    }

    /** What the progress display calls it. */
    public String title() {
        return title;
    }

    /** Whether a failure here means that nothing more is tried for the resource. */
    public boolean cancelsResource() {
        return cancelsResource;
    }
}
