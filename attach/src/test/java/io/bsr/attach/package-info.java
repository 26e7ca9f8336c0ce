/** Tests of what needs no kernel: names of devices. The rest is tested with real engines, in the module conformance. */
@NullMarked
package io.bsr.attach;

import org.jspecify.annotations.NullMarked;
