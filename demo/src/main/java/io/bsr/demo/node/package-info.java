/** One node of the demo: its folder, its engine, its commands. */
@NullMarked
package io.bsr.demo.node;

import org.jspecify.annotations.NullMarked;
