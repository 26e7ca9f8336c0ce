package io.bsr.sim.planted;

import io.bsr.base.NodeId;
import io.bsr.core.Resource;
import io.bsr.metadata.Superblock;
import io.bsr.wire.PacketType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.NullMarked;

/** Compiles the sources of the core that a planted bug changes. */
final class PatchedCore {
    private static final Path SOURCES = Path.of("..", "core", "src", "main", "java");

    private PatchedCore() {}

    /** The classes, by their binary names. */
    static Map<String, byte[]> compile(PlantedBug bug) {
        Map<String, String> sources = new LinkedHashMap<>();
        for (SourcePatch patch : bug.patches()) {
            sources.merge(
                    patch.file(),
                    patch.apply(bug.name(), sources.computeIfAbsent(patch.file(), PatchedCore::read)),
                    (former, patched) -> patched);
        }
        JavaCompiler compiler = Objects.requireNonNull(ToolProvider.getSystemJavaCompiler(), "a JDK, not a JRE");
        Map<String, byte[]> classes = new HashMap<>();
        StringWriter messages = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            List<JavaFileObject> units = new ArrayList<>();
            sources.forEach((file, text) -> units.add(new Source(file, text)));
            boolean compiled = compiler.getTask(
                            messages,
                            new InMemory(files, classes),
                            null,
                            List.of("-proc:none", "-nowarn", "-classpath", classPath()),
                            null,
                            units)
                    .call();
            if (!compiled) {
                throw new IllegalStateException("the planted bug " + bug.name() + " does not compile:\n" + messages);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return classes;
    }

    private static String read(String file) {
        try {
            return Files.readString(SOURCES.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException("no source to plant a bug in", e);
        }
    }

    private static String classPath() {
        return Stream.of(Resource.class, NodeId.class, PacketType.class, Superblock.class, NullMarked.class)
                .map(PatchedCore::origin)
                .distinct()
                .collect(Collectors.joining(System.getProperty("path.separator")));
    }

    private static String origin(Class<?> of) {
        try {
            return Path.of(of.getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(String file, String text) {
            super(URI.create("patched:///" + file), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }

    private static final class InMemory extends ForwardingJavaFileManager<JavaFileManager> {
        private final Map<String, byte[]> classes;

        InMemory(JavaFileManager files, Map<String, byte[]> classes) {
            super(files);
            this.classes = classes;
        }

        @Override
        public JavaFileObject getJavaFileForOutput(
                Location location, String name, JavaFileObject.Kind kind, FileObject sibling) {
            return new SimpleJavaFileObject(URI.create("patched:///" + name + kind.extension), kind) {
                @Override
                public OutputStream openOutputStream() {
                    return new ByteArrayOutputStream() {
                        @Override
                        public void close() {
                            classes.put(name, toByteArray());
                        }
                    };
                }
            };
        }
    }
}
