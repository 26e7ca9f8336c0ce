/** Immutable pictures of a resource, for {@code status}, {@code show} and events: read by any thread, never waiting. */
@NullMarked
package io.bsr.core.snapshot;

import org.jspecify.annotations.NullMarked;
