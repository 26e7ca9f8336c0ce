package io.bsr.config.file;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Texts that are at hand: standard input, tests, a configuration that is checked before it is stored. */
public final class MemoryFiles implements ConfigFiles {
    private final Map<String, byte[]> files = new TreeMap<>();

    /** Adds a file; returns this for chaining. */
    public MemoryFiles with(String path, String text) {
        return with(path, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Adds a file; returns this for chaining. */
    public MemoryFiles with(String path, byte[] content) {
        files.put(path, content.clone());
        return this;
    }

    @Override
    public byte[] read(String path) throws IOException {
        byte[] content = files.get(path);
        if (content == null) {
            throw new IOException("no such file");
        }
        if (content.length > FILE_LIMIT) {
            throw new TooLargeException();
        }
        return content.clone();
    }

    @Override
    public String canonical(String path) throws IOException {
        if (!files.containsKey(path)) {
            throw new IOException("no such file");
        }
        return path;
    }

    @Override
    public List<String> glob(String pattern) {
        String[] elements = pattern.split("/", -1);
        return files.keySet().stream()
                .filter(path -> matches(elements, path.split("/", -1)))
                .toList();
    }

    private static boolean matches(String[] pattern, String[] path) {
        if (pattern.length != path.length) {
            return false;
        }
        for (int i = 0; i < pattern.length; i++) {
            if (!pattern[i].equals(path[i]) && !Glob.matches(pattern[i], path[i])) {
                return false;
            }
        }
        return true;
    }
}
