/** What every implementation of {@link io.bsr.base.port.Network} and {@link io.bsr.base.port.Stream} must do. */
@NullMarked
package io.bsr.net.contract;

import org.jspecify.annotations.NullMarked;
