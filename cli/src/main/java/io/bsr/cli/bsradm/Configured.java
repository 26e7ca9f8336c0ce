package io.bsr.cli.bsradm;

import io.bsr.cli.terminal.LocalAddresses;
import io.bsr.cli.terminal.Surroundings;
import io.bsr.config.ConfigReader;
import io.bsr.config.Configuration;
import io.bsr.config.ReadOptions;
import io.bsr.config.ReadResult;
import io.bsr.config.diagnostic.ConfigException;
import io.bsr.config.file.DiskFiles;
import io.bsr.config.model.NodeIdentity;
import io.bsr.config.model.NodeView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The configuration and what it means for this node.
 *
 * @param local whether an IP address is one of this node's interfaces
 * @param file that was read; empty for standard input
 */
record Configured(Configuration configuration, NodeView view, Predicate<String> local, Optional<Path> file) {
    private static final int STANDARD_INPUT_LIMIT = 4 << 20;

    /** In the order in which they are looked for; the first that exists is read. */
    private static final List<String> NAMES =
            List.of("bsr-90.conf", "bsr-84.conf", "bsr-83.conf", "bsr-82.conf", "bsr-08.conf", "bsr.conf");

    /**
     * Reads a configuration.
     *
     * @param file of the command line, {@code -} for standard input, empty for the usual place
     * @param alsoRead a file to be tested along with it, or empty
     * @throws AdmException with the findings if it is not valid
     */
    static Configured read(Surroundings surroundings, String file, List<String> alsoRead, List<String> leftOut)
            throws AdmException {
        LocalAddresses local = new LocalAddresses();
        NodeIdentity node = new NodeIdentity(surroundings.node(), local);
        ReadOptions options = new ReadOptions(node, !surroundings.pretending(), alsoRead, leftOut);
        ConfigReader reader = new ConfigReader(new DiskFiles());
        ReadResult result;
        Optional<Path> read = Optional.empty();
        for (String also : alsoRead) {
            requireFile("-t", also);
        }
        if (file.equals("-")) {
            try {
                result = reader.readText("STDIN", surroundings.in().readNBytes(STANDARD_INPUT_LIMIT), options);
            } catch (IOException e) {
                throw new AdmException(AdmException.INVALID, "STDIN: " + e.getMessage());
            }
        } else {
            requireFile("-c", file);
            String name = file.isEmpty() ? usualFile(surroundings) : file;
            read = Optional.of(Path.of(name));
            result = reader.read(name, options);
        }
        result.diagnostics().forEach(finding -> surroundings.complain(finding.render()));
        if (!result.valid()) {
            throw new AdmException(AdmException.INVALID, "");
        }
        try {
            return new Configured(result.configuration(), result.view(), local, read);
        } catch (ConfigException e) {
            throw new AdmException(AdmException.INVALID, String.valueOf(e.getMessage()));
        }
    }

    /** A file that was named and is not there is another case than one with mistakes. */
    private static void requireFile(String option, String file) throws AdmException {
        boolean there;
        try {
            there = file.isEmpty() || Files.isReadable(Path.of(file));
        } catch (InvalidPathException e) {
            there = false;
        }
        if (!there) {
            throw new AdmException(
                    StepRunner.FATAL,
                    "Can not open '" + file + "': no such file, or it must not be read. Correct the name behind "
                            + option + ".");
        }
    }

    private static String usualFile(Surroundings surroundings) throws AdmException {
        Path folder = surroundings.files().root().resolve("etc");
        for (String name : NAMES) {
            if (Files.exists(folder.resolve(name))) {
                return folder.resolve(name).toString();
            }
        }
        throw new AdmException(
                AdmException.INVALID,
                "Can not open '" + folder.resolve("bsr.conf") + "': No such file or directory.\n"
                        + "Create it, name another one (-c FILE), or another root (--root DIR).");
    }
}
