package io.bsr.cli.bsrcon;

import io.bsr.cli.terminal.Surroundings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Acknowledging at once what arrives over TCP. Windows keeps that for an interface; Linux for a route, until the route is
 * made anew.
 */
final class QuickAcknowledgements {
    private static final int MOST_OUTPUT = 1 << 20;
    private static final int PATIENCE_SECONDS = 10;

    private final Surroundings surroundings;

    QuickAcknowledgements(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    void set(String address, boolean quick) throws ConException {
        boolean all = address.equals("all");
        if (!all && !address.matches("[0-9a-fA-F:.]{2,45}(%[\\w.-]{1,15})?")) {
            throw NodeSettings.wrong(quick ? ConCommand.NODELAYEDACK : ConCommand.DELAYDACK_ENABLE, address);
        }
        int changed = 0;
        for (String family : all ? List.of("-4", "-6") : List.of(address.indexOf(':') < 0 ? "-4" : "-6")) {
            List<String> query = new ArrayList<>(List.of(family, "-o", "route", "show"));
            String interfaceName = all ? "" : interfaceOf(family, address);
            if (!all) {
                query.addAll(List.of("dev", interfaceName));
            }
            for (String route : ip(query).lines().toList()) {
                changed += change(family, route.strip(), interfaceName, quick) ? 1 : 0;
            }
        }
        if (changed == 0) {
            throw new ConException(ConException.FAILED, "no route belongs to " + address + ", so nothing was changed");
        }
        surroundings
                .out()
                .println(changed + (changed == 1 ? " route of " : " routes of ") + address
                        + (quick
                                ? ": what arrives is acknowledged at once"
                                : ": the system decides when to acknowledge what arrives")
                        + ", until the network is configured anew.");
    }

    /** A route as it is, with the other flag. */
    private boolean change(String family, String route, String interfaceName, boolean quick) throws ConException {
        if (route.isEmpty() || route.contains(" dev lo ") || route.endsWith(" dev lo") || route.contains("\\")) {
            return false;
        }
        List<String> words = new ArrayList<>(List.of(family, "route", "change"));
        List<String> old = List.of(route.split("\\s+", -1));
        for (int i = 0; i < old.size(); i++) {
            switch (old.get(i)) {
                // Flags of what the interface is doing, and what is set here.
                case "linkdown", "dead", "offload" -> {}
                case "quickack", "expires" -> i++;
                default -> words.add(old.get(i));
            }
        }
        if (!interfaceName.isEmpty() && !words.contains("dev")) {
            words.addAll(List.of("dev", interfaceName));
        }
        words.addAll(List.of("quickack", quick ? "1" : "0"));
        ip(words);
        return true;
    }

    /** The interface that has the address, or over which it is reached. */
    private String interfaceOf(String family, String address) throws ConException {
        for (String line : ip(List.of(family, "-o", "addr", "show")).lines().toList()) {
            String[] words = line.strip().split("\\s+", -1);
            if (words.length > 3 && words[3].startsWith(address + "/")) {
                return words[1];
            }
        }
        String[] words =
                ip(List.of(family, "-o", "route", "get", address)).strip().split("\\s+", -1);
        for (int i = 0; i + 1 < words.length; i++) {
            if (words[i].equals("dev")) {
                return words[i + 1];
            }
        }
        throw new ConException(ConException.FAILED, "no interface leads to " + address);
    }

    private static String ip(List<String> arguments) throws ConException {
        List<String> command = new ArrayList<>(List.of("ip"));
        command.addAll(arguments);
        String line = String.join(" ", command);
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readNBytes(MOST_OUTPUT), StandardCharsets.UTF_8);
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new ConException(ConException.FAILED, "\"" + line + "\" does not end");
            }
            if (process.exitValue() != 0) {
                throw new ConException(ConException.FAILED, "\"" + line + "\" failed: " + output.strip());
            }
            return output;
        } catch (IOException e) {
            throw new ConException(ConException.FAILED, "\"" + line + "\" cannot be run: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConException(ConException.FAILED, "\"" + line + "\" was interrupted");
        }
    }
}
