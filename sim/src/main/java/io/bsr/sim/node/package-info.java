/**
 * A simulated machine with its disks, and the process on it that runs the real core.
 *
 * <p>The machine stays; the process is started, paused, killed, or lost with the power. A process begins with nothing but
 * the configuration and the disks, as {@code bsradm up} finds them.
 */
@NullMarked
package io.bsr.sim.node;

import org.jspecify.annotations.NullMarked;
