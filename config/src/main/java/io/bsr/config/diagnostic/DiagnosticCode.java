package io.bsr.config.diagnostic;

import java.util.Locale;

/**
 * Everything that can be wrong with a configuration, each with a number that never changes its meaning.
 *
 * <p>C0xx files, C1xx text and grammar, C2xx words in the wrong place, C3xx values, C4xx things given twice, C5xx things
 * missing, C6xx inheritance, C7xx hosts, addresses and connections, W… warnings, which do not make a configuration
 * invalid.
 */
public enum DiagnosticCode {
    FILE_UNREADABLE("C001", "Check the path and the permissions."),
    FILE_TOO_LARGE("C002", "A configuration is a short text. Check that the path names the right file."),
    FILE_BINARY("C003", "Check that the path names a configuration text."),
    INCLUDE_TOO_DEEP("C004", "Include the files from one place."),
    TOO_MANY_FILES("C005", "Narrow the include pattern."),
    INCLUDE_WITHOUT_MATCH("C006", "Create the file, correct the name, or use a pattern with a wildcard."),
    TEMPLATE_WITHOUT_COMMON("C007", "A template file starts with a common section."),
    TOO_MANY_ERRORS("C099", "Correct the errors above first."),

    UNEXPECTED_CHARACTER("C101", "Put the text into double quotes."),
    STRING_NOT_TERMINATED("C102", "Close the string with a double quote on the same line."),
    TOKEN_TOO_LONG("C103", "Words may have 128 characters, quoted strings 255."),
    NESTED_TOO_DEEP("C104", "Check for a missing closing brace."),
    UNEXPECTED_TOKEN("C105", ""),
    SECTION_NOT_CLOSED("C106", "Add the closing brace."),

    UNKNOWN_STATEMENT("C201", ""),
    UNKNOWN_OPTION("C202", ""),
    MISPLACED("C203", ""),
    NOT_SUPPORTED("C204", ""),

    VALUE_NOT_VALID("C301", ""),
    VALUE_NOT_BOOLEAN("C302", "Write yes or no."),
    VALUE_NOT_A_NUMBER("C303", "Write digits, and at most one of the unit letters K, M, G, s."),
    VALUE_TOO_SMALL("C304", ""),
    VALUE_TOO_BIG("C305", ""),
    VALUE_TOO_LONG("C306", ""),
    VALUE_MISSING("C307", ""),

    CONFLICT("C401", "Remove one of the two."),
    MINOR_CONFLICT("C402", "Give every volume of a host its own minor number."),
    DISK_CONFLICT("C403", "Give every volume of a host its own disk."),
    ADDRESS_CONFLICT("C404", "Give every resource its own port."),
    NODE_ID_DUPLICATE("C405", "Give every host of a resource its own node-id."),
    DUPLICATE_OPTION("W406", "Remove one of the two; the last one is used."),

    NODE_ID_MISSING("C501", "Add 'node-id N;' with N in 0 … 31."),
    ADDRESS_MISSING("C502", "Add 'address IP:PORT;'."),
    VOLUME_MISSING("C503", "Add a volume to the resource or to the host."),
    DEVICE_MISSING("C504", "Add 'device /dev/bsrN;' or 'device minor N;'."),
    DISK_MISSING("C505", "Add 'disk PATH;'."),
    META_DISK_MISSING("C506", "Add 'meta-disk internal;' or 'meta-disk PATH;'."),
    HOSTS_MISSING("C507", "Add an 'on NAME { … }' section for every host."),
    VOLUME_SETS_DIFFER("C508", "Every host needs the same volume numbers."),

    AMBIGUOUS_INHERITANCE("C601", "Set the value in one of the two places, or the same value in both."),
    RESYNC_AFTER_UNKNOWN("C602", "Name a resource with one volume, or RESOURCE/VOLUME."),

    HOST_UNKNOWN("C701", ""),
    SEVERAL_HOSTS_MATCH("C702", "Only one host section of a resource may name this node."),
    ENDPOINT_COUNT("C703", "A connection or path has exactly two endpoints."),
    SAME_ENDPOINTS("C704", "Give the two ends different addresses."),
    GROUP_MEMBERS_DIFFER("C705", "Members of a group share address and public-address."),
    NO_CONNECTION("W706", "Add a connection-mesh section or connection sections."),
    MIXED_VOLUMES("C707", "Write either volume sections or device, disk and meta-disk statements."),
    MIXED_PATHS("C708", "Write either path sections or endpoints."),
    DEVICE_NAME("C709", "Names are /dev/bsrN, bsrN, /dev/bsr_TEXT and bsr_TEXT, the latter two with 'minor N'."),
    PROXY_INCOMPLETE("C710", "Give every end of the connection a proxy section, or none."),

    GLOBAL_NOT_FIRST("W801", "Put the global section before the resources."),
    RESOURCE_NOT_CLOSED("W802", "Add the closing brace."),
    TOLERATED("W803", ""),
    NO_SUCH_VOLUME("W804", "Correct the volume number, or remove the section.");

    private final String code;
    private final String correction;

    DiagnosticCode(String code, String correction) {
        this.code = code;
        this.correction = correction;
    }

    /** The stable number, such as {@code C304}. */
    public String code() {
        return code;
    }

    /** What to do about it in general; empty when only the message can tell. */
    public String correction() {
        return correction;
    }

    /** What kind of finding, in words: {@code value too small}. */
    public String title() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /** Whether this makes the configuration invalid. */
    public boolean isError() {
        return code.charAt(0) == 'C';
    }
}
