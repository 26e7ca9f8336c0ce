package io.bsr.config.declared;

import io.bsr.config.diagnostic.DiagnosticCode;
import io.bsr.config.syntax.Item;
import io.bsr.config.syntax.Token;
import java.util.List;
import java.util.Set;

/** Reads the global section; configuration-language reference, section 5. */
final class GlobalReader {
    private static final List<String> STATEMENTS = List.of(
            "usage-count",
            "udev-always-use-vnr",
            "disable-ip-verification",
            "minor-count",
            "dialog-refresh",
            "cmd-timeout-short",
            "cmd-timeout-medium",
            "cmd-timeout-long",
            "hostname");

    private final Reading reading;
    private boolean disableIpVerification;
    private boolean udevAlwaysUseVnr;
    private int minorCount;
    private int dialogRefresh = GlobalOptions.DEFAULTS.dialogRefresh();
    private int timeoutShort = GlobalOptions.DEFAULTS.timeoutShort();
    private int timeoutMedium = GlobalOptions.DEFAULTS.timeoutMedium();
    private int timeoutLong = GlobalOptions.DEFAULTS.timeoutLong();
    private String hostname = "";
    private String usageCount = GlobalOptions.DEFAULTS.usageCount();

    GlobalReader(Reading reading) {
        this.reading = reading;
    }

    GlobalOptions read(List<Item> items) {
        reading.each(items, "global", Set.of(), this::statement);
        return new GlobalOptions(
                disableIpVerification,
                udevAlwaysUseVnr,
                minorCount,
                dialogRefresh,
                timeoutShort,
                timeoutMedium,
                timeoutLong,
                hostname,
                usageCount);
    }

    private void statement(Words words) {
        Token first = words.next();
        switch (first.kind().isValue() ? first.text() : "") {
            case "disable-ip-verification" -> disableIpVerification = true;
            case "udev-always-use-vnr" -> udevAlwaysUseVnr = true;
            case "minor-count" -> minorCount = number(words, first, 1, 255, minorCount);
            case "dialog-refresh" -> dialogRefresh = number(words, first, 0, 600, dialogRefresh);
            case "cmd-timeout-short" -> timeoutShort = number(words, first, 0, 900, timeoutShort);
            case "cmd-timeout-medium" -> timeoutMedium = number(words, first, 0, 900, timeoutMedium);
            case "cmd-timeout-long" -> timeoutLong = number(words, first, 0, 900, timeoutLong);
            case "hostname" -> {
                Token name = words.name("a host name");
                hostname = name == null ? hostname : name.value();
            }
            case "usage-count" -> {
                if (words.nextIs("yes") || words.nextIs("no") || words.nextIs("ask")) {
                    usageCount = words.next().value();
                } else {
                    words.expected(List.of("yes", "no", "ask"));
                }
            }
            default -> {
                words.unknown(
                        DiagnosticCode.UNKNOWN_STATEMENT, first.shown() + " cannot stand in 'global'", STATEMENTS);
                return;
            }
        }
        words.end();
    }

    private static int number(Words words, Token keyword, int min, int max, int before) {
        Integer number = words.integer(keyword.value(), min, max);
        return number == null ? before : number;
    }
}
