/**
 * From a node's view of a configuration to the calls of the lower tools that make it true.
 *
 * <p>The one idea: a plan is data. Whether it is printed (a dry run), executed, or compared in a test is decided
 * elsewhere.
 *
 * <ol>
 *   <li>Commands run stage by stage over all resources, never resource by resource.
 *   <li>Options are spelled as written in the files, in the order in which inheritance left them; defaults that nobody
 *       wrote are left out.
 * </ol>
 *
 * <p>Specified by the command-line reference, sections 2.4 to 2.6.
 */
@NullMarked
package io.bsr.config.plan;

import org.jspecify.annotations.NullMarked;
