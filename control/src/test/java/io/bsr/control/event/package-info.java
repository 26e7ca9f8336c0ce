@NullMarked
package io.bsr.control.event;

import org.jspecify.annotations.NullMarked;
