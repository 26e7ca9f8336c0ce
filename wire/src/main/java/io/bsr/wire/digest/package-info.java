/**
 * Digests: of payloads (data-integrity-alg, csums-alg, verify-alg) and of authentication (cram-hmac-alg).
 *
 * <p>The one idea: algorithms have the names of the Linux kernel, because these stand in configuration files and in
 * packets; {@link io.bsr.wire.digest.DigestAlgorithm} maps them to those of Java.
 *
 * <p>Invariants:
 *
 * <ol>
 *   <li>Secrets are compared in constant time, and wiped when the connection ends.
 *   <li>A {@link io.bsr.wire.digest.PayloadDigest} is made once and used for every payload of its stream.
 * </ol>
 *
 * <p>Specified in the wire-protocol reference, sections 4.2 and 10.10.
 */
@NullMarked
package io.bsr.wire.digest;

import org.jspecify.annotations.NullMarked;
