/**
 * Recordings of real peers, read back: {@link io.bsr.wire.trace.Capture} puts the TCP streams of a pcap file together,
 * {@link io.bsr.wire.trace.Recording} cuts them into packets.
 *
 * <p>The recordings in {@code src/test/resources/traces} were made at the network card of one of two virtual machines:
 * {@code bsr-*} with bsr 1.7.8.1 (protocol 118), {@code drbd84-*} with DRBD 8.4.11 (protocol 101).
 */
@NullMarked
package io.bsr.wire.trace;

import org.jspecify.annotations.NullMarked;
