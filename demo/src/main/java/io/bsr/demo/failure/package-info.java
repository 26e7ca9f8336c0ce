/** How the demo ends early. */
@NullMarked
package io.bsr.demo.failure;

import org.jspecify.annotations.NullMarked;
