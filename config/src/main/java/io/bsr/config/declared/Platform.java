package io.bsr.config.declared;

/** The system a host runs: it decides how devices are named. */
public enum Platform {
    LINUX,
    WINDOWS
}
