/**
 * The codes with which commands end. The numbers and texts are those that scripts around the original know (cli
 * reference, section 3.2); everything beyond them goes into the detail of the outcome.
 */
@NullMarked
package io.bsr.base.error;

import org.jspecify.annotations.NullMarked;
