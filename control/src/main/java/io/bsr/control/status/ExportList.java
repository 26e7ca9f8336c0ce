package io.bsr.control.status;

import java.util.List;

/** The volumes that NBD clients may ask for. */
public record ExportList(List<ExportStatus> exports) implements Result {}
