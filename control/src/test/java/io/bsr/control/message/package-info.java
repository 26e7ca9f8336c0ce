@NullMarked
package io.bsr.control.message;

import org.jspecify.annotations.NullMarked;
