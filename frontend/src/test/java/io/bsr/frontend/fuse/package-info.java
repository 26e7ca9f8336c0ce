/** Tests of the FUSE file: against a volume in memory and messages made up here. */
@NullMarked
package io.bsr.frontend.fuse;

import org.jspecify.annotations.NullMarked;
