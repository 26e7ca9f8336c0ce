/** What every implementation of {@link io.bsr.base.port.BlockStore} must do. */
@NullMarked
package io.bsr.storage.contract;

import org.jspecify.annotations.NullMarked;
