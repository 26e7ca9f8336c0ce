package io.bsr.engine.parameter;

import io.bsr.control.EngineFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code etc/default/bsr}, as far as it is for the engine. The file is a part of a shell script, which the engine does not
 * run: it takes the last assignment to {@code ADD_MOD_PARAM} that stands alone on its line and has nothing to be expanded.
 */
final class ServiceDefaults {
    private static final int MOST_BYTES = 64 << 10;

    private static final Pattern ASSIGNMENT = Pattern.compile(
            "(?m)^[ \\t]*(?:export[ \\t]+)?ADD_MOD_PARAM=(?:\"([^\"\\n]*)\"|'([^'\\n]*)'|([^\\s'\";#]*))[ \\t;]*(?:#.*)?$");

    private ServiceDefaults() {}

    /** The words of ADD_MOD_PARAM; none if there is no such file or assignment. */
    static List<String> words(EngineFiles files) throws ParameterException {
        Path folder = files.root().resolve("etc/default");
        Path file = folder.resolve("bsr");
        if (!Files.isDirectory(folder)) {
            // A root that is none is told with all that is wrong with it.
            return List.of();
        }
        String text;
        try (InputStream in = Files.newInputStream(file)) {
            text = new String(in.readNBytes(MOST_BYTES), StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw new ParameterException("The parameters in " + file + " cannot be read: " + e + ".");
        }
        String value = "";
        Matcher matcher = ASSIGNMENT.matcher(text);
        while (matcher.find()) {
            for (int group = 1; group <= 3; group++) {
                value = matcher.group(group) == null ? value : matcher.group(group);
            }
        }
        if (value.chars().anyMatch(c -> c == '$' || c == '`' || c == '\\')) {
            throw new ParameterException(
                    "ADD_MOD_PARAM in " + file
                            + " has something that only a shell can expand. Write the values themselves: NAME=VALUE NAME=VALUE.");
        }
        return value.isBlank() ? List.of() : List.of(value.strip().split("\\s+", -1));
    }
}
