package io.bsr.control.status;

import java.util.List;

/**
 * Generation identifiers of a volume, each as 16 upper-case hexadecimal digits.
 *
 * @param current all zero if there is no disk
 * @param history youngest first
 * @param deviceFlags flags of the superblock (metadata reference, section 3.1)
 */
public record GenerationStatus(String current, List<String> history, int deviceFlags) {}
