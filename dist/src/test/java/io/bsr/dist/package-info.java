/** Packages are made, installed, upgraded and removed in scratch roots. */
@NullMarked
package io.bsr.dist;

import org.jspecify.annotations.NullMarked;
