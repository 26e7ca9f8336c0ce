/** The categories of what is logged in detail. */
@NullMarked
package io.bsr.base.log;

import org.jspecify.annotations.NullMarked;
