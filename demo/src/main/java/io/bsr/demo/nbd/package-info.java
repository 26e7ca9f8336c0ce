/** What an application does with the volume, and test data whose every block can be computed again. */
@NullMarked
package io.bsr.demo.nbd;

import org.jspecify.annotations.NullMarked;
