/** What the engine answers: immutable pictures of its state, for {@code status}, {@code show} and events. */
@NullMarked
package io.bsr.control.status;

import org.jspecify.annotations.NullMarked;
