@NullMarked
package io.bsr.engine;

import org.jspecify.annotations.NullMarked;
