@NullMarked
package io.bsr.engine.parameter;

import org.jspecify.annotations.NullMarked;
