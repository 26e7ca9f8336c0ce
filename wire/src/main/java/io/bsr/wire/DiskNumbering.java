package io.bsr.wire;

/**
 * The two numberings of disk states (reference 5.2): protocol 110 inserted Detaching as number 2, so everything from
 * Failed on moved up by one.
 *
 * <p>Only P_STATE is converted by bsr and DRBD 9 when they talk to an old peer; state change requests are not. In
 * requests use {@link #CLASSIC} towards DRBD 8.4 and {@link #CURRENT} towards bsr and DRBD 9.
 */
public enum DiskNumbering {
    /** DRBD 8.4, and P_STATE below version 110: Failed is 2, UpToDate is 8. */
    CLASSIC {
        @Override
        public int toWire(int number) {
            return number > 2 ? number - 1 : number;
        }

        @Override
        public int fromWire(int number) {
            return number >= 2 ? number + 1 : number;
        }
    },
    /** bsr and DRBD 9: Detaching is 2, UpToDate is 9. */
    CURRENT {
        @Override
        public int toWire(int number) {
            return number;
        }

        @Override
        public int fromWire(int number) {
            return number;
        }
    };

    /** The numbering of P_STATE at that version. */
    public static DiskNumbering ofVersion(int version) {
        return version < Versions.MULTI_PEER ? CLASSIC : CURRENT;
    }

    /** From the number of {@link io.bsr.base.state.DiskState} to that on the wire; Detaching becomes Failed. */
    public abstract int toWire(int number);

    /** From the number on the wire to that of {@link io.bsr.base.state.DiskState}; the result may belong to none. */
    public abstract int fromWire(int number);
}
