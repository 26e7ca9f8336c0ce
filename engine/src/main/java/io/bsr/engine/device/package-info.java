/**
 * The block devices of the volumes of which this node is Primary.
 *
 * <p>They come after the promotion, before the answer to it, and go before the demotion. To wait for the kernel each change
 * has a thread of its own; nothing here is called on an event loop but what says so.
 *
 * <ol>
 *   <li>A volume has one device at most, and a resource one change of its devices at a time.
 *   <li>A device that somebody uses stays, and with it the devices of the other volumes of the resource.
 *   <li>What devices there are can be asked by every thread, and does not wait.
 * </ol>
 */
@NullMarked
package io.bsr.engine.device;

import org.jspecify.annotations.NullMarked;
