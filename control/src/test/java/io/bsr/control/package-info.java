@NullMarked
package io.bsr.control;

import org.jspecify.annotations.NullMarked;
