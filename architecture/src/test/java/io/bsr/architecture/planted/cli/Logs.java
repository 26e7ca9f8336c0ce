package io.bsr.architecture.planted.cli;

import org.slf4j.Logger;

/** A tool that logs. */
final class Logs {
    private Logs() {}

    static void log(Logger logger) {
        logger.info("logged");
    }
}
