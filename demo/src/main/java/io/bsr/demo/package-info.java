/**
 * The demo: two engines on this machine replicate a volume, one of them is killed, and both disks are compared.
 *
 * <p>One idea: it uses the product as an administrator would, from outside. It starts the programs, types the commands,
 * and writes through NBD; only numbers for progress and tables come over the control interface.
 *
 * <pre>
 *   Scenario ── node: programs and commands of one node
 *            ── nbd: a small NBD client, and data whose every block can be told again
 *            ── screen: headings, progress, tables
 * </pre>
 *
 * <ol>
 *   <li>Every process that it starts ends with it, whatever happens, unless the user asked to keep them.
 *   <li>Every wait has a limit.
 *   <li>It succeeds only if both disks hold, byte for byte, what was written.
 * </ol>
 */
@NullMarked
package io.bsr.demo;

import org.jspecify.annotations.NullMarked;
