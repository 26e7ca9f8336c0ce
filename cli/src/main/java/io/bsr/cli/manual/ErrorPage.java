package io.bsr.cli.manual;

import io.bsr.base.error.ErrorCode;
import io.bsr.base.error.Outcome;
import io.bsr.cli.bsrmeta.MetaErrors;
import io.bsr.cli.bsrsetup.ExitCodes;
import io.bsr.config.diagnostic.DiagnosticCode;
import io.bsr.metadata.MetadataException;

/** The catalogue of errors with their stable codes. */
final class ErrorPage {
    private ErrorPage() {}

    static String text() {
        StringBuilder page = new StringBuilder(ManualPages.GENERATED);
        page.append("""
                # Errors

                ## Of configurations

                `FILE:LINE:COLUMN: error[CODE]: what happened`, the line with a mark below the place, what was expected, the \
                nearest known word, other places that matter, and what to do. Codes never change their meaning. Codes with C \
                make a configuration invalid: no command is carried out, the exit code is 10. Codes with W are warnings.

                | code | what | what to do |
                |---|---|---|
                """);
        for (DiagnosticCode code : DiagnosticCode.values()) {
            page.append("| ")
                    .append(code.code())
                    .append(" | ")
                    .append(code.title().replace("|", "\\|"))
                    .append(" | ")
                    .append(code.correction().replace("|", "\\|"))
                    .append(" |\n");
        }
        page.append("""

                ## Of the engine

                `OBJECT: Failure: (CODE) text`, for refused changes of state `OBJECT: State change failed: (CODE) text`, and on \
                further lines what this engine has to say about the case. The exit code is that of `bsrsetup`.

                | code | text | exit code |
                |---|---|---|
                """);
        for (ErrorCode code : ErrorCode.values()) {
            page.append("| ")
                    .append(code.number())
                    .append(" | ")
                    .append(code.text().replace("|", "\\|"))
                    .append(" | ")
                    .append(ExitCodes.of(Outcome.of(code, "")))
                    .append(" |\n");
        }
        page.append("""

                ## Of metadata

                What happened and why, what to do on the next line, and the code in brackets. The exit code is that of \
                `bsrmeta`; the last column is the code with which the engine refuses to attach such a disk.

                | code | what | what to do | exit code | attach |
                |---|---|---|---|---|
                """);
        for (MetadataException.Code code : MetadataException.Code.values()) {
            page.append("| ")
                    .append(MetaErrors.shown(code))
                    .append(" | ")
                    .append(MetaErrors.title(code))
                    .append(" | ")
                    .append(MetaErrors.correction(code))
                    .append(" | ")
                    .append(MetaErrors.exitCode(code))
                    .append(" | ")
                    .append(code.attachError())
                    .append(" |\n");
        }
        return page.toString();
    }
}
