/** A small blocking NBD client, and test data whose every block can be computed again. Format: the NBD protocol of the NetworkBlockDevice project, doc/proto.md. */
@NullMarked
package io.bsr.demo.nbd;

import org.jspecify.annotations.NullMarked;
