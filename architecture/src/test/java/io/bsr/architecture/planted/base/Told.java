package io.bsr.architecture.planted.base;

/**
 * The time as its caller tells it.
 *
 * @param now nanoseconds
 */
public record Told(long now) {}
