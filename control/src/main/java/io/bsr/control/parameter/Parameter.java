package io.bsr.control.parameter;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** A parameter of the engine: what {@code modinfo bsr} lists in the original. */
public enum Parameter {
    MINOR_COUNT(
            Kind.UINT,
            1,
            255,
            "32",
            Change.NONE,
            "approximate number of devices",
            "nothing is reserved for devices: every minor number up to 1048575 can be used"),
    DISABLE_SENDPAGE(
            Kind.BOOL, 0, 1, "N", Change.NONE, "send without sendpage", "this engine never hands pages to the network"),
    ALLOW_OOS(
            Kind.BOOL,
            0,
            1,
            "N",
            Change.NONE,
            "not for use in the original either",
            "marked blocks are always resynchronised"),
    DEBUG_FAST_SYNC(
            Kind.BOOL,
            0,
            1,
            "N",
            Change.NONE,
            "log what the fast sync finds",
            "the first resync covers the whole volume, so there is nothing to log"),
    ENABLE_FAULTS(
            Kind.INT,
            0,
            0x3ff,
            "0",
            Change.LIVE,
            "disk operations that may fail on purpose, as a sum: 1 write and 2 read of metadata, 4 write and 8 read of a"
                    + " resync or verify, 16 write and 32 read of data",
            ""),
    FAULT_RATE(Kind.INT, 0, 100, "0", Change.LIVE, "percentage of these operations that fail, evenly spread", ""),
    FAULT_COUNT(
            Kind.INT,
            0,
            Integer.MAX_VALUE,
            "0",
            Change.LIVE,
            "how many operations have failed on purpose; counts up, and may be set back",
            ""),
    FAULT_DEVS(
            Kind.INT,
            0,
            Integer.MAX_VALUE,
            "0",
            Change.LIVE,
            "minor numbers to which that happens, as a bit mask; 0 for all",
            ""),
    TWO_PHASE_COMMIT_FAIL(
            Kind.INT,
            0,
            Integer.MAX_VALUE,
            "0",
            Change.LIVE,
            "each N-th change of the cluster that a peer asks for is refused on purpose; 0 for none",
            ""),
    USERMODE_HELPER(
            Kind.TEXT,
            0,
            4095,
            "",
            Change.START,
            "program that is run for handlers, as PATH HANDLER RESOURCE; empty for the bsradm beside bsrd",
            ""),
    NETLINK_TCP_PORT(
            Kind.UINT,
            1,
            65535,
            "5678",
            Change.NONE,
            "port of the tools on Windows",
            "the tools of this node use a Unix socket, which the network cannot reach"),
    DAEMON_TCP_PORT(
            Kind.UINT,
            1,
            65535,
            "5679",
            Change.NONE,
            "port of the handlers on Windows",
            "the engine runs handlers itself");

    /** What a value is, with the name that modinfo has for it. */
    public enum Kind {
        UINT("uint"),
        INT("int"),
        BOOL("bool"),
        TEXT("charp");

        private final String shown;

        Kind(String shown) {
            this.shown = shown;
        }

        public String shown() {
            return shown;
        }
    }

    /** When a value counts. */
    public enum Change {
        LIVE("at once"),
        START("when bsrd starts"),
        NONE("no effect");

        private final String shown;

        Change(String shown) {
            this.shown = shown;
        }

        public String shown() {
            return shown;
        }
    }

    private final Kind kind;
    private final int least;
    private final int most;
    private final String standard;
    private final Change change;
    private final String text;
    private final String why;

    Parameter(Kind kind, int least, int most, String standard, Change change, String text, String why) {
        this.kind = kind;
        this.least = least;
        this.most = most;
        this.standard = standard;
        this.change = change;
        this.text = text;
        this.why = why;
    }

    /** The parameter of that name, as the administrator writes it. */
    public static Optional<Parameter> named(String name) {
        return Arrays.stream(values()).filter(p -> p.shown().equals(name)).findFirst();
    }

    /** Its name. */
    public String shown() {
        return name().toLowerCase(Locale.ROOT);
    }

    public Kind kind() {
        return kind;
    }

    /** The value that it has if nobody sets it. */
    public String standard() {
        return standard;
    }

    public Change change() {
        return change;
    }

    /** What it is, in one line. */
    public String text() {
        return change == Change.NONE ? text + ": accepted without effect, as " + why : text;
    }

    /** Why it has no effect; empty if it has one. */
    public String why() {
        return why;
    }

    /** What it takes, for messages and the manual. */
    public String taken() {
        return switch (kind) {
            case BOOL -> "Y or N";
            case TEXT -> "a path";
            case INT, UINT -> most == Integer.MAX_VALUE ? least + " or more" : least + " to " + most;
        };
    }

    /**
     * A value as it is kept: numbers in decimal, Y or N.
     *
     * @return empty if this parameter does not take it
     */
    public Optional<String> canonical(String value) {
        return switch (kind) {
            case BOOL ->
                switch (value) {
                    case "1", "y", "Y" -> Optional.of("Y");
                    case "0", "n", "N" -> Optional.of("N");
                    default -> Optional.empty();
                };
            case TEXT ->
                value.length() <= most && value.chars().noneMatch(c -> c < ' ' || c == 0x7f)
                        ? Optional.of(value)
                        : Optional.empty();
            case INT, UINT -> number(value).map(n -> Long.toString(n));
        };
    }

    /** As the kernel reads numbers: decimal, or hexadecimal behind 0x. */
    private Optional<Long> number(String value) {
        boolean hexadecimal = value.matches("0[xX][0-9a-fA-F]{1,8}");
        if (!hexadecimal && !value.matches("[0-9]{1,10}")) {
            return Optional.empty();
        }
        long number = hexadecimal ? Long.parseLong(value.substring(2), 16) : Long.parseLong(value);
        return number >= least && number <= most ? Optional.of(number) : Optional.empty();
    }
}
