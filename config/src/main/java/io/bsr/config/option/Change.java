package io.bsr.config.option;

/** When a changed value takes effect on a running resource. */
public enum Change {
    /** At once. */
    LIVE("at once"),
    /** Stored at once, used from the next handshake on. */
    NEXT_CONNECT("at the next connect"),
    /** Only when the peer is removed and added again. */
    NEW_PEER("when the peer is removed and added again"),
    /** Only when the disk is attached. */
    ATTACH("at the next attach"),
    /** When the node is promoted. */
    NEXT_PROMOTION("at the next promotion"),
    /** By the resize command. */
    RESIZE("by resize"),
    /** Not an option of the engine. */
    TOOLS("in the tools, at once");

    private final String shown;

    Change(String shown) {
        this.shown = shown;
    }

    /** For help texts. */
    public String shown() {
        return shown;
    }
}
