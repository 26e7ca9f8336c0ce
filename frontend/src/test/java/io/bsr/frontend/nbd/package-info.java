/** Tests of the NBD server: against a network and a volume in memory, and against real clients. */
@NullMarked
package io.bsr.frontend.nbd;

import org.jspecify.annotations.NullMarked;
