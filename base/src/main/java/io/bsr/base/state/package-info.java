/**
 * The states of the replication protocol: their numbers on the wire at protocol 110 and later (wire-protocol reference,
 * section 5) and the names the tools print.
 */
@NullMarked
package io.bsr.base.state;

import org.jspecify.annotations.NullMarked;
