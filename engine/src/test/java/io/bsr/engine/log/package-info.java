@NullMarked
package io.bsr.engine.log;

import org.jspecify.annotations.NullMarked;
