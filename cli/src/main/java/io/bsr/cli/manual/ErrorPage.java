package io.bsr.cli.manual;

import io.bsr.base.error.ErrorCode;
import io.bsr.base.error.Outcome;
import io.bsr.cli.bsrsetup.ExitCodes;
import io.bsr.config.diagnostic.DiagnosticCode;

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
        return page.toString();
    }
}
