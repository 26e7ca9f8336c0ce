package io.bsr.dist;

import io.bsr.dist.FileTable.Kind;
import io.bsr.dist.FileTable.Line;
import io.bsr.dist.FileTable.Part;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Runs handlers as a package installs them, under a plain shell, with tools that take notes instead of the real ones. */
final class HandlerRun {
    /** Where they are installed. */
    static final String PLACE = "/usr/lib/bsr/";

    /** Where they are among the sources. */
    static final String SOURCE = "dist/src/package/handlers/";

    private final Path folder;
    private final Map<String, String> environment = new HashMap<>();

    /** With a logger that takes notes, so that nothing comes into the log of this machine. */
    HandlerRun(Path folder) throws IOException {
        this.folder = folder;
        Host.need("dash");
        Files.createDirectories(folder.resolve("bin"));
        Files.createDirectories(folder.resolve("root/run/bsr"));
        for (Map.Entry<String, Path> script : scripts().entrySet()) {
            Files.copy(script.getValue(), folder.resolve(script.getKey()));
        }
        tool("logger", "");
        with("PATH", folder.resolve("bin") + ":" + System.getenv().getOrDefault("PATH", "/usr/bin:/bin"));
        with("BSR_ROOT", folder.resolve("root").toString());
    }

    /** The handlers of the Debian package, by name, with the sources that they and the links to them are made of. */
    static Map<String, Path> scripts() throws IOException {
        Map<String, Path> scripts = new HashMap<>();
        List<Line> links = new ArrayList<>();
        for (Line line : FileTable.read(Host.SOURCES.resolve(FileTable.PLACE)).of(Part.UTILS, Family.DEB)) {
            if (line.path().startsWith(PLACE)) {
                String name = line.path().substring(PLACE.length());
                if (line.source().startsWith(SOURCE)) {
                    scripts.put(name, Host.SOURCES.resolve(line.source()));
                } else if (line.kind() == Kind.LINK) {
                    links.add(line);
                }
            }
        }
        for (Line link : links) {
            Path script = scripts.get(link.source());
            if (script != null) {
                scripts.put(link.path().substring(PLACE.length()), script);
            }
        }
        return scripts;
    }

    /** A variable that the handlers find. */
    HandlerRun with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    /** The handlers do not find this one any more. */
    HandlerRun without(String variable) {
        environment.remove(variable);
        return this;
    }

    /** A program that writes down how it is called, then does what it is for; its folder is that of {@link #state}. */
    void tool(String name, String lines) throws IOException {
        Path file = folder.resolve("bin").resolve(name);
        Files.writeString(file, "#!/bin/sh\ncd '" + folder + "'\necho \"" + name + " $*\" >>calls\n" + lines);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** A file that tools look at. */
    Path state(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    String read(String name) throws IOException {
        return Files.readString(folder.resolve(name));
    }

    /** How tools were called, those lines that begin so; they are forgotten by this. */
    List<String> calls(String beginning) throws IOException {
        Path calls = folder.resolve("calls");
        if (!Files.exists(calls)) {
            return List.of();
        }
        List<String> lines = Files.readAllLines(calls);
        Files.delete(calls);
        return lines.stream().filter(line -> line.startsWith(beginning)).toList();
    }

    /** Runs a handler to its end. */
    Host.Said run(String script, String... words) throws IOException, InterruptedException {
        List<String> all =
                new ArrayList<>(List.of("dash", folder.resolve(script).toString()));
        all.addAll(List.of(words));
        return program(all);
    }

    /** Runs any program with the environment of the handlers, in whose path it is looked for. */
    Host.Said program(List<String> words) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of("env"));
        all.addAll(words);
        return Host.run(all, environment);
    }
}
