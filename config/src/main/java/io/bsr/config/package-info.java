/**
 * The configuration language: from files to the commands that make them true.
 *
 * <pre>
 *   files ─ file ─► text ─ syntax ─► tree ─ declared ─► what is written ─ model ─► what it means ─ plan ─► commands
 *                                      option: the one table of options, used by all of them
 * </pre>
 *
 * <p>Start at {@link io.bsr.config.ConfigReader}. No text is parsed twice and no package knows the ones to the right of it.
 *
 * <p>Specified by the configuration-language reference.
 */
@NullMarked
package io.bsr.config;

import org.jspecify.annotations.NullMarked;
