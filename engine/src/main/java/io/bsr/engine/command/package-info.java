/**
 * Commands of the control interface, carried out on resources.
 *
 * <ol>
 *   <li>A command ends within its deadline, whatever a disk, a peer or a loop does: what takes longer goes on, and the
 *       answer says so.
 *   <li>Nothing here waits on an event loop, and no event loop waits for anything here.
 * </ol>
 */
@NullMarked
package io.bsr.engine.command;

import org.jspecify.annotations.NullMarked;
