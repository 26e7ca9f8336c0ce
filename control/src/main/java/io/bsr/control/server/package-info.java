/**
 * The engine's side of the control socket: takes clients, reads requests, and writes answers and events.
 *
 * <p>Each client has a thread of its own, and there is a limit on clients; the event loops of the engine are never
 * involved. What a command does is the affair of the {@link io.bsr.control.server.CommandHandler}.
 *
 * <ol>
 *   <li>Whatever a client sends, or fails to read, ends at worst its own connection.
 *   <li>A client that sends nothing for {@link io.bsr.control.server.ControlServer#IDLE} is let go.
 * </ol>
 */
@NullMarked
package io.bsr.control.server;

import org.jspecify.annotations.NullMarked;
