/**
 * Which states can two nodes be in? All that a small alphabet of events leads to, found by searching breadth first, in the
 * production core on virtual time.
 *
 * <p>The one idea: the core is deterministic, so a state is the list of events that led to it, and it is reached again by
 * playing them anew. What is found is judged by rules written from the state-machine reference (sections 3, 4, 10), which share
 * nothing with the core, and becomes the tables of docs/STATES.md.
 *
 * <ol>
 *   <li>A <em>quiet</em> state is one in which nothing moves although time passes; a <em>moving</em> one is passed on the way
 *       from one quiet state to another. Events happen in both.
 *   <li>Two situations are one state if they look the same: what both nodes say, what their metadata say on disk, how their
 *       generations are related, what is broken.
 *   <li>Each quiet state is played to its end once more: an administrator's fixed recipe has to bring both nodes together.
 * </ol>
 */
@NullMarked
package io.bsr.sim.states;

import org.jspecify.annotations.NullMarked;
