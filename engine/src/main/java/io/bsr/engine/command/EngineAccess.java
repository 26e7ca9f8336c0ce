package io.bsr.engine.command;

import io.bsr.base.error.Outcome;
import io.bsr.control.status.EngineInfo;
import io.bsr.engine.parameter.Parameters;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;

/**
 * What commands ask of the engine itself.
 *
 * @param readSettings reads the settings of the node anew
 * @param handlersOn whether handlers are called
 * @param log of the engine
 */
public record EngineAccess(
        Supplier<EngineInfo> info,
        Parameters parameters,
        Supplier<Outcome> readSettings,
        BooleanSupplier handlersOn,
        Logger log) {}
