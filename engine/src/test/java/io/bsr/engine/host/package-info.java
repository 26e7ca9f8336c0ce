@NullMarked
package io.bsr.engine.host;

import org.jspecify.annotations.NullMarked;
