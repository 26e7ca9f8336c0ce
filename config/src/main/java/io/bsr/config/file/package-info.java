/**
 * Where configuration texts come from: bounded reads and include patterns.
 *
 * <ol>
 *   <li>Nothing larger than {@link io.bsr.config.file.ConfigFiles#FILE_LIMIT} is read, whatever a file system claims the
 *       size to be.
 *   <li>Matching a pattern takes bounded time.
 * </ol>
 *
 * <p>Specified by the configuration-language reference, sections 1 and 3.3.
 */
@NullMarked
package io.bsr.config.file;

import org.jspecify.annotations.NullMarked;
