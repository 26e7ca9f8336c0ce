/** What a tool finds around it: where the engine's files are, who this node is, and where output goes. */
@NullMarked
package io.bsr.cli.terminal;

import org.jspecify.annotations.NullMarked;
