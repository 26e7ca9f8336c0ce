package io.bsr.engine;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.CodeSource;

/** Where this program's own files are: {@code bin/} and {@code lib/} beside each other. */
final class ProductFiles {
    /** Where packages have it. */
    private static final String INSTALLED = "/usr/sbin/bsradm";

    private ProductFiles() {}

    /** The {@code bsradm} that came with this engine, else the installed one. */
    static String bsradm() {
        CodeSource source = ProductFiles.class.getProtectionDomain().getCodeSource();
        if (source == null) {
            return INSTALLED;
        }
        try {
            URI jar = source.getLocation().toURI();
            Path beside = Path.of(jar).resolveSibling("../bin/bsradm").normalize();
            return Files.isExecutable(beside) ? beside.toString() : INSTALLED;
        } catch (URISyntaxException | InvalidPathException e) {
            return INSTALLED;
        }
    }
}
