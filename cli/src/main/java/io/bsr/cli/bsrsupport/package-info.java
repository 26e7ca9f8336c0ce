/**
 * {@code bsrsupport}: everything that helps to understand a node, in one archive; command-line reference, section 7.
 *
 * <ol>
 *   <li>Nothing that cannot be had keeps the rest from being collected: its place in the archive says why it is missing.
 *   <li>Each part is bounded in size, each program in time; what was left out is said where it is missing.
 *   <li>Secrets of peers are taken out of every text, also of logs.
 *   <li>Only the owner may read the archive.
 * </ol>
 */
@NullMarked
package io.bsr.cli.bsrsupport;

import org.jspecify.annotations.NullMarked;
