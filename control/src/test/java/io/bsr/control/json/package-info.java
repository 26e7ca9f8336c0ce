@NullMarked
package io.bsr.control.json;

import org.jspecify.annotations.NullMarked;
