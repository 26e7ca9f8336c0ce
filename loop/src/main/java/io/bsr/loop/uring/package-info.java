/**
 * One io_uring, driven through {@code java.lang.foreign}: the kernel's two rings in shared memory, and three system calls.
 *
 * <pre>
 *   RingOperation ──slot number──► submission entry ──io_uring_enter──► kernel
 *        ▲                                                                │
 *        └──────────── table of slots ◄── completion entry ◄──────────────┘
 * </pre>
 *
 * <p>An operation is a long-lived object with a number; the number is the user data of its entries, so that a completion
 * finds its object by one array access and nothing is allocated on the way.
 *
 * <p>Invariants:
 *
 * <ol>
 *   <li>After {@link io.bsr.loop.uring.Ring#enable} only one thread touches a ring.
 *   <li>An operation is with the kernel at most once at a time; its slot is not given away while it is.
 *   <li>Memory named by an entry stays valid until its completion.
 * </ol>
 *
 * <p>Choices: files and the buffers in use are registered with the ring (4 KiB direct writes, 32 at
 * a time, measured a sixth less processor time with pinned buffers). Receives are armed one by one rather than
 * multi-shot, because a multi-shot receive cannot put a payload where it belongs. A waiting loop does not spin first.
 *
 * <p>Specified in: io_uring_setup(2), io_uring_enter(2), io_uring_register(2), linux/io_uring.h. Needs Linux 5.11; uses
 * single issuer and deferred task work where the kernel has them (6.1).
 */
@NullMarked
package io.bsr.loop.uring;

import org.jspecify.annotations.NullMarked;
