package io.bsr.engine.command;

import io.bsr.base.error.ErrorCode;
import io.bsr.base.error.Outcome;
import io.bsr.core.Reply;
import io.bsr.engine.host.GivenOptions.Target;
import io.bsr.engine.host.HostedResource;
import java.util.Map;
import java.util.function.Supplier;

/** Options are remembered only when the core has taken them; a wrong value is the sender's mistake, not an internal error. */
final class OptionSetting {
    private OptionSetting() {}

    static void apply(
            Reply reply, HostedResource hosted, Target target, Map<String, String> options, Supplier<Outcome> setter) {
        Outcome outcome = taken(setter);
        if (outcome.success()) {
            hosted.options().set(target, options);
        }
        reply.done(outcome);
    }

    static Outcome taken(Supplier<Outcome> setter) {
        try {
            return setter.get();
        } catch (IllegalArgumentException e) {
            return Outcome.of(ErrorCode.INVALID_REQUEST, String.valueOf(e.getMessage()));
        }
    }
}
