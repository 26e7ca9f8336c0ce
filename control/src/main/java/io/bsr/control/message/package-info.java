/** The lines that travel: requests, answers, events, and how they are cut out of a byte stream. */
@NullMarked
package io.bsr.control.message;

import org.jspecify.annotations.NullMarked;
