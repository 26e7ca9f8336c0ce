package io.bsr.control.status;

/** What a command answers beside its outcome. */
public sealed interface Result permits Result.Nothing, StatusReport, EngineInfo, ExportList, Diagnosis {
    /** The outcome says it all. */
    record Nothing() implements Result {
        public static final Nothing NOTHING = new Nothing();
    }
}
