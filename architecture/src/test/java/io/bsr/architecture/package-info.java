/**
 * The gates of the build, examined: the rules between the modules ({@link io.bsr.architecture.Modules}, {@link
 * io.bsr.architecture.Rules}), and for each checker a canary, that is a planted fault that it must reject. A checker that
 * has silently stopped working must not look like success.
 */
package io.bsr.architecture;
