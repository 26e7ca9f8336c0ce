/**
 * Makes the packages of the product, a deb and an rpm for each of two families, from what {@code dev.d/package.sh} has staged.
 *
 * <p>The one idea: {@code dist/src/package/files.table} says what is where, with which mode; {@link io.bsr.dist.FileTable}
 * reads it for both kinds of packages, and for the tests that look at an installed system.
 *
 * <p>Invariants:
 *
 * <ol>
 *   <li>The same stage, version, time and key give the same bytes: no clock is asked, and files are in the order of their
 *       paths.
 *   <li>Everything belongs to root, whoever has built it.
 *   <li>No program of the host is run: any host can make all packages.
 * </ol>
 *
 * <p>No Maven plugin does this, because those set modes by file name patterns in their own XML, each in another way, and
 * sign with the clock's time.
 */
@NullMarked
package io.bsr.dist;

import org.jspecify.annotations.NullMarked;
