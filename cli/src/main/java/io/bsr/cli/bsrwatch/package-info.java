/**
 * {@code bsrwatch}: the log of the engine as it is written; command-line reference, section 7.
 *
 * <p>One idea: what is followed is the name and not the file. When the log is put aside, the rest of it is shown, then the new one
 * from its beginning; when the folder of the logs changes, the new place is followed.
 */
@NullMarked
package io.bsr.cli.bsrwatch;

import org.jspecify.annotations.NullMarked;
