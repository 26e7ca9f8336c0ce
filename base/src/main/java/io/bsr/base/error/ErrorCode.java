package io.bsr.base.error;

import org.jspecify.annotations.Nullable;

/**
 * How a command ended. Numbers from 101 on are those of driver errors (printed as {@code Failure: (N) text}), 1 and 2
 * are success, negative ones are refused state changes (printed as {@code State change failed: (N) text}).
 */
public enum ErrorCode {
    NO_ERROR(101, "success"),
    LOCAL_ADDRESS_USED(102, "Local address(port) already in use."),
    PEER_ADDRESS_USED(103, "Remote address(port) already in use."),
    OPEN_DISK(104, "Can not open backing device."),
    OPEN_META_DISK(105, "Can not open meta device."),
    DISK_NOT_BLOCK_DEVICE(107, "Backing device is not a block device."),
    META_NOT_BLOCK_DEVICE(108, "Meta device is not a block device."),
    DISK_TOO_SMALL(111, "Low.dev. smaller than requested DRBD-dev. size."),
    META_DISK_TOO_SMALL(112, "Meta device too small."),
    DISK_CLAIMED(114, "Lower device is already claimed. This usually means it is mounted."),
    META_DISK_CLAIMED(115, "Meta device is already claimed. This usually means it is mounted."),
    META_IO_ERROR(118, "IO error(s) occurred during initial access to meta-data."),
    NO_VALID_METADATA(
            119, "No valid meta-data signature found. Use 'bsradm create-md res' to initialize meta-data area."),
    AUTH_ALGORITHM(120, "The specified cram-hmac-alg is unknown."),
    DISCARD_IMPOSSIBLE(123, "Can not drop data of a Primary."),
    DISK_CONFIGURED(124, "Device is attached to a disk (use detach first)"),
    NET_CONFIGURED(125, "Device has a net-config (use disconnect first)"),
    UNKNOWN_ATTRIBUTE(126, "UnknownMandatoryTag"),
    MINOR_UNKNOWN(127, "Device minor not allocated"),
    RESIZE_DURING_RESYNC(130, "Resize not allowed during resync."),
    NO_PRIMARY(131, "Need one Primary node to resize."),
    PAUSE_ALREADY_SET(134, "Sync-pause flag is already set"),
    PAUSE_ALREADY_CLEAR(135, "Sync-pause flag is already cleared"),
    NO_DISK(138, "Device does not have a disk-config"),
    NOT_PROTOCOL_C(139, "Protocol C required"),
    BITMAP_MEMORY(140, "Couldn't allocate bitmap memory or the meta-data area for it is too small."),
    INTEGRITY_ALGORITHM(141, "The specified data-integrity-alg is unknown."),
    CSUMS_ALGORITHM(144, "The specified csums-alg is unknown."),
    VERIFY_ALGORITHM(146, "The specified verify-alg is unknown."),
    CSUMS_RESYNC_RUNNING(148, "A resync with checksums is running: csums-alg cannot be changed"),
    VERIFY_RUNNING(149, "An online verify is running: verify-alg cannot be changed"),
    DATA_NOT_CURRENT(150, "Can only attach to the data we lost last (see kernel log)."),
    NEED_STANDALONE(151, "Connection is not StandAlone"),
    PERMISSION(152, "Permission denied. CAP_SYS_ADMIN necessary"),
    STONITH_WITH_PROTOCOL_A(154, "Fencing resource-and-stonith does not go with protocol A"),
    CONGESTION_NOT_PROTOCOL_A(155, "An on-congestion policy other than block needs protocol A"),
    UNKNOWN_RESOURCE(158, "Unknown resource"),
    RESOURCE_IN_USE(159, "Resource still in use (delete all minors first)"),
    MINOR_CONFIGURED(160, "Minor still configured (down it first)"),
    MINOR_OR_VOLUME_EXISTS(161, "Minor or volume exists already (delete it first)"),
    INVALID_REQUEST(162, "Invalid configuration request"),
    NEED_TWO_PRIMARIES(164, "Both nodes are Primary: allow-two-primaries is needed"),
    UNCLEAN_METADATA(165, "Meta-Data unclean; use 'bsrmeta apply-al'"),
    INVALID_METADATA(166, "Invalid meta data."),
    LAYOUT_TOO_BIG(167, "Resulting AL area too big"),
    LAYOUT_TOO_SMALL(168, "Resulting AL area too small"),
    LAYOUT_NO_FIT(169, "Resulting AL does not fit into available meta data space"),
    IMPLICIT_SHRINK(170, "Implicit device shrinking not allowed. See kernel log."),
    INVALID_PEER_NODE_ID(171, "Invalid peer-node-id"),
    ADDRESS_PAIR_USED(173, "Combination of local address(port) and remote address(port) already in use"),
    SEND_BUFFER_TOO_SMALL(174, "sndbuf-size is too small"),
    VERIFY_NOT_RUNNING(177, "Online verify is not running"),
    NODE_UNSTABLE(181, "Local node is not stable"),
    SUCCESS(1, "Success"),
    NOTHING_TO_DO(2, "Nothing to do"),
    TWO_PRIMARIES(-1, "Multiple primaries not allowed by config"),
    NO_UP_TO_DATE_DISK(-2, "Need access to UpToDate data"),
    NO_LOCAL_DISK(-4, "Can not resync without local disk"),
    NO_REMOTE_DISK(-5, "Can not resync without remote disk"),
    CONNECTED_OUTDATES(-6, "Refusing to be Outdated while Connected"),
    PRIMARY_NOP(-7, "Refusing to be Primary while peer is not outdated"),
    RESYNC_RUNNING(-8, "Can not start OV/resync since it is already active"),
    ALREADY_STANDALONE(-9, "Can not disconnect a StandAlone device"),
    CW_FAILED_BY_PEER(-10, "State change was refused by peer node"),
    IS_DISKLESS(-11, "Device is diskless, the requested operation requires a disk"),
    DEVICE_IN_USE(-12, "Device is held open by someone"),
    NO_NET_CONFIG(-13, "Have no net/connection configuration"),
    NO_VERIFY_ALG(-14, "Need a verify algorithm to start online verify"),
    NEED_CONNECTION(-15, "Need a connection to start verify or resync"),
    LOWER_THAN_OUTDATED(-16, "Disk state is lower than outdated"),
    NOT_SUPPORTED(-17, "Peer does not support protocol"),
    IN_TRANSIENT_STATE(-18, "In transient state, retry after next state change"),
    CONCURRENT_STATE_CHANGE(-19, "Concurrent state changes detected and aborted"),
    OTHER_VOLUME_PEER_PRIMARY(-20, "Other vol primary on peer not allowed by config"),
    INTERRUPTED(-21, "Interrupted state change"),
    PRIMARY_READER(-22, "Peer may not become primary while device is opened read-only"),
    TIMEOUT(-23, "Timeout in operation"),
    WEAKLY_CONNECTED(-24, "Primary nodes must be strongly connected among each other"),
    NO_QUORUM(-25, "No quorum"),
    TARGET_DISK_TOO_SMALL(-27, "Target disk size is too small than source disk size"),
    CONNECTED_DISKLESS(-28, "Refusing to be Diskless while Connected"),
    LOWER_THAN_OUTDATED_PEER(-29, "Peer disk state is lower than outdated"),
    BARRIER_ACK_PENDING_TIMEOUT(-30, "Waiting for a barrier ack timed out");

    private final int number;
    private final String text;

    ErrorCode(int number, String text) {
        this.number = number;
        this.text = text;
    }

    /** The number that the tools print. */
    public int number() {
        return number;
    }

    /** The text that the tools print. */
    public String text() {
        return text;
    }

    public boolean success() {
        return this == NO_ERROR || this == SUCCESS || this == NOTHING_TO_DO;
    }

    /** True for the codes of refused state changes. */
    public boolean stateCode() {
        return number < 100;
    }

    /** The code with this number. */
    public static @Nullable ErrorCode ofNumber(int number) {
        for (ErrorCode code : values()) {
            if (code.number == number) {
                return code;
            }
        }
        return null;
    }
}
