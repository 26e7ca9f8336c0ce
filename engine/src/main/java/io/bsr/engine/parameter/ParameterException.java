package io.bsr.engine.parameter;

/** A parameter cannot have this value: what, why, and what to write instead. */
public final class ParameterException extends Exception {
    private static final long serialVersionUID = 1L;

    ParameterException(String message) {
        super(message);
    }
}
