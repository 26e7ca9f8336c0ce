/**
 * What the build runs so that the tools start quickly: the JDK writes down which classes a run used and how they are
 * linked, and the launchers hand that to later runs (an AOT cache).
 *
 * <p>One idea: a class that no rehearsed command line has used is read from its jar and linked when it is first needed,
 * which takes longer than everything else that a tool does; so many command lines are rehearsed, in one process, the way
 * a user types them.
 *
 * <p>Nothing else uses this package. The command lines are part of the build scripts.
 */
@NullMarked
package io.bsr.cli.rehearsal;

import org.jspecify.annotations.NullMarked;
