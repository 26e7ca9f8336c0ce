/** A planted fault. */
@NullMarked
package canary;

import org.jspecify.annotations.NullMarked;
