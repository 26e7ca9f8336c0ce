/**
 * The written manual: pages, manual pages and completion, all made from the tables that the tools themselves use.
 *
 * <p>One idea: nobody writes down an option, a command or an error twice. The pages are committed, so that they can be read
 * without a build, and a test compares them with what is generated.
 */
@NullMarked
package io.bsr.cli.manual;

import org.jspecify.annotations.NullMarked;
