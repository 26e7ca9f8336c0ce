/** What can be asked of the engine: one record for each command. */
@NullMarked
package io.bsr.control.command;

import org.jspecify.annotations.NullMarked;
