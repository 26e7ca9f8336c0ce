/**
 * The options that the engine obeys, as the control interface sets them: canonical option names, plain numbers in the
 * unit of the option table. Every record can be made from such a map; what is missing has the default of bsr for Linux.
 */
@NullMarked
package io.bsr.core.option;

import org.jspecify.annotations.NullMarked;
