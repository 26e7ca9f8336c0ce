/**
 * One fault per class, each against one rule of {@link io.bsr.architecture.Rules}; module names as in the product. They
 * are compiled and examined, never run.
 */
package io.bsr.architecture.planted;
