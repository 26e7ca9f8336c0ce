/**
 * Linux as seen from Java: the system calls that have no equivalent in the class library, through
 * {@code java.lang.foreign}. No native code is shipped; the C library of the process is called directly.
 *
 * <p>Rules:
 *
 * <ol>
 *   <li>A call that fails returns the negative error number, as the kernel does; nothing here throws for that.
 *   <li>Constants and structure layouts are those of the kernel's user-space headers for 64-bit systems, named beside
 *       each one.
 *   <li>{@link io.bsr.loop.linux.Linux#HERE} is false on other systems; then nothing else here may be used.
 * </ol>
 *
 * <p>Specified in: the section 2 manual pages of each call.
 */
@NullMarked
package io.bsr.loop.linux;

import org.jspecify.annotations.NullMarked;
