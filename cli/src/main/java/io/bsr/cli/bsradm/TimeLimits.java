package io.bsr.cli.bsradm;

import io.bsr.config.declared.GlobalOptions;
import io.bsr.config.plan.Command;

/**
 * How long a program may take; command-line reference, section 2.3. Seconds, 0 is no limit.
 *
 * @param brief for what only asks or creates
 * @param usual for what changes the state of disks and peers
 * @param lengthy for work on metadata
 */
record TimeLimits(int brief, int usual, int lengthy) {
    /** Where the configuration is not known. */
    static final TimeLimits DEFAULTS = of(GlobalOptions.DEFAULTS);

    static TimeLimits of(GlobalOptions global) {
        return new TimeLimits(2 * global.timeoutShort(), global.timeoutMedium(), global.timeoutLong());
    }

    int of(Command command) {
        return switch (command.program()) {
            case BSRMETA -> lengthy;
            case PROXY_CTL -> brief;
            case BSRSETUP -> ofSetup(command.verb());
        };
    }

    private int ofSetup(String verb) {
        if (verb.startsWith("wait-")) {
            return 0;
        }
        return switch (verb) {
            case "role", "cstate", "dstate", "status", "show", "show-gi", "get-gi" -> brief;
            default -> verb.startsWith("new-") || verb.endsWith("-options") ? brief : usual;
        };
    }
}
