/**
 * What the configuration means: resources, hosts, volumes and connections with everything they inherit and imply, and the
 * view of one node.
 *
 * <p>The one idea: inheritance and implication happen once, in {@link io.bsr.config.model.Expansion}; afterwards there are
 * only immutable records, and the engine's commands can be read off them.
 *
 * <pre>
 *   declared ── Expansion ──► Resource ── view of node X ──► ResourceView ──► plan
 *                              hosts, volumes, connections      peers, paths
 * </pre>
 *
 * <ol>
 *   <li>Every host of a resource has the same volume numbers.
 *   <li>A connection has at least one path, each with two ends at two hosts of the resource.
 *   <li>Options stand in the order in which the command line shows them.
 * </ol>
 *
 * <p>Specified by the configuration-language reference, sections 6, 7, 8.2 and 10.
 */
@NullMarked
package io.bsr.config.model;

import org.jspecify.annotations.NullMarked;
