/**
 * Faults on purpose, for those who test how their cluster takes them: operations of disks that fail, and changes of the cluster
 * that are refused.
 *
 * <ol>
 *   <li>Which and how many is up to the parameters; with their defaults nothing happens, and every operation passes.
 *   <li>Faults are spread evenly: of the operations of one kind with a rate of 25, every fourth fails. Two runs of the same
 *       operations fail at the same places.
 *   <li>An operation that fails does not reach the disk. Flushes do not fail: a disk that loses its cache is another matter.
 * </ol>
 */
@NullMarked
package io.bsr.engine.fault;

import org.jspecify.annotations.NullMarked;
