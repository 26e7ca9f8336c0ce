/** What the demo shows: colour on a terminal only, plain lines elsewhere. */
@NullMarked
package io.bsr.demo.screen;

import org.jspecify.annotations.NullMarked;
