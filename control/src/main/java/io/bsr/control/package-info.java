/**
 * The local control interface of {@code bsrd}: what the tools can ask for, and how they ask.
 *
 * <p>One idea: the records are the schema. A command is a record of {@link io.bsr.control.command.Command}, a status a
 * record of {@link io.bsr.control.status}; {@link io.bsr.control.json.RecordCodec} writes and reads them by their
 * components, so there is no second description that could disagree.
 *
 * <pre>
 *   tool ── ControlClient ──►  ROOT/run/bsr/bsrd.sock  ──► ControlServer ── CommandHandler (the engine)
 *
 *   {"version":1,"id":1,"timeout-millis":30000,"command":"primary","arguments":{"resource":"r0","force":true,"full-sync":false}}
 *   {"id":1,"code":1,"text":"Success","detail":"","result":{"type":"nothing"}}
 * </pre>
 *
 * <p>One JSON document per line, UTF-8. A connection carries one request at a time. {@code events} answers with many
 * lines {@code {"id":1,"event":{…}}} before its end.
 *
 * <p>Invariants:
 *
 * <ol>
 *   <li>Only the user that {@code bsrd} runs as, and root, get an answer.
 *   <li>A line of more than {@link io.bsr.control.message.Limits#REQUEST_BYTES} ends the connection; memory grows with
 *       the bytes that came, never with a number that was announced.
 *   <li>Every request is answered within its deadline, or the connection is closed. A client that does not read loses
 *       its connection; it never holds up the engine.
 *   <li>A request with an unknown command, an unknown or missing argument, or a wrong type is refused and changes nothing.
 *   <li>Answers may gain fields; readers ignore those they do not know. Requests may gain optional arguments.
 * </ol>
 *
 * <p>The commands are those of {@code bsrsetup} (command-line reference, section 3.1), the numbers in {@code code} those
 * of {@link io.bsr.base.error.ErrorCode}.
 */
@NullMarked
package io.bsr.control;

import org.jspecify.annotations.NullMarked;
