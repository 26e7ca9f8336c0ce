/**
 * Changes of state as events: what {@code bsrsetup events2} prints (command-line reference, section 3.6).
 *
 * <p>One idea: an event is the difference of two pictures. {@link io.bsr.control.event.EventSource} turns a status into
 * objects with keys and fields; comparing two of them gives {@code create}, {@code change} and {@code destroy}. An event
 * carries all fields of its object; which of them are new to the reader is for the reader to say.
 */
@NullMarked
package io.bsr.control.event;

import org.jspecify.annotations.NullMarked;
