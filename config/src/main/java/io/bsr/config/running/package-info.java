/**
 * What the engine has: the model that {@code adjust} compares a configuration with.
 *
 * <p>Specified by the command-line reference, section 3.7.1.
 */
@NullMarked
package io.bsr.config.running;

import org.jspecify.annotations.NullMarked;
