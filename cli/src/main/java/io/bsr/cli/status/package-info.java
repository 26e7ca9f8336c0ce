/**
 * The engine's answers as the tools print them: status as text and JSON, events, the running configuration, generation
 * identifiers.
 *
 * <p>One idea: everything here is a function from a status to text. Asking the engine is done elsewhere.
 *
 * <p>Specified by the command-line reference, sections 3.3 to 3.7; byte for byte as observed of bsr 1.7.8.1.
 */
@NullMarked
package io.bsr.cli.status;

import org.jspecify.annotations.NullMarked;
