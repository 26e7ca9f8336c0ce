package io.bsr.demo.node;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Where the programs of the product are. */
@FunctionalInterface
public interface Programs {
    /** The words that start a program, before its arguments. */
    List<String> start(String program);

    /** The programs in a folder, as the build makes it. */
    static Programs in(Path folder) {
        return program -> List.of(folder.resolve(program).toString());
    }

    /**
     * The same, with engines that outlive the terminal: in a session of their own, so that its end is no signal to them.
     * Where there is no setsid(1), they are as they are.
     */
    default Programs outlivingTheTerminal() {
        Path setsid = Path.of("/usr/bin/setsid");
        return program -> {
            List<String> words = new ArrayList<>(start(program));
            if (program.equals("bsrd") && Files.isExecutable(setsid)) {
                words.addFirst(setsid.toString());
            }
            return words;
        };
    }

    /** The folder {@code bin} beside the folder of the jar that {@code type} is in, if bsrd is there. */
    static Optional<Path> besideJarOf(Class<?> type) {
        var source = type.getProtectionDomain().getCodeSource();
        if (source == null) {
            return Optional.empty();
        }
        Path folder = Path.of(source.getLocation().getPath()).toAbsolutePath().getParent();
        Path above = folder == null ? null : folder.getParent();
        return Optional.ofNullable(above)
                .map(home -> home.resolve("bin"))
                .filter(bin -> Files.isExecutable(bin.resolve("bsrd")));
    }

    /** The classes of a class path, run by the present JVM's launcher. */
    static Programs ofClassPath(String classPath) {
        return program -> {
            List<String> words = new ArrayList<>();
            words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            words.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED"));
            words.addAll(List.of("-cp", classPath));
            words.add(program.equals("bsrd") ? "io.bsr.engine.Main" : "io.bsr.cli." + program + ".Main");
            return words;
        };
    }
}
