@NullMarked
package io.bsr.engine.guard;

import org.jspecify.annotations.NullMarked;
