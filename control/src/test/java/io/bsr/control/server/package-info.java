@NullMarked
package io.bsr.control.server;

import org.jspecify.annotations.NullMarked;
