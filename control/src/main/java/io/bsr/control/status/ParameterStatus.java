package io.bsr.control.status;

import io.bsr.control.parameter.Parameter;

/**
 * A parameter of the engine.
 *
 * @param value that counts now
 * @param kind of its values: {@code int}, {@code uint}, {@code bool}, {@code charp}
 * @param changes when another value counts
 * @param text what it is
 */
public record ParameterStatus(String name, String value, String kind, String changes, String text) {
    /** A parameter with a value. */
    public static ParameterStatus of(Parameter parameter, String value) {
        return new ParameterStatus(
                parameter.shown(),
                value,
                parameter.kind().shown(),
                parameter.change().shown(),
                parameter.text());
    }

    /** As {@code modinfo} and {@code bsrd --info} show it. */
    public String line() {
        return "parm:    " + name + "=" + value + " - " + text + " (" + kind + ", " + changes + ")";
    }
}
