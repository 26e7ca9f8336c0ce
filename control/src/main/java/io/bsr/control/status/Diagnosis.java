package io.bsr.control.status;

import java.util.List;

/** What an engine is doing, for whoever looks for a fault: its memory, and what each of its threads is at. */
public record Diagnosis(List<String> lines) implements Result {}
