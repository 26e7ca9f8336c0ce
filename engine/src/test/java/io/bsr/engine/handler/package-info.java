@NullMarked
package io.bsr.engine.handler;

import org.jspecify.annotations.NullMarked;
