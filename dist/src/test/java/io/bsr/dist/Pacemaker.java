package io.bsr.dist;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * The tools of Pacemaker, which work upon a file instead of a cluster where {@code CIB_file} names one. They are unpacked, not
 * installed: the package would start a cluster on this machine.
 */
final class Pacemaker {
    private static final Path FOLDER = Host.BUILD.resolve("roots/pacemaker");

    private Pacemaker() {}

    /** What the environment of its tools has to be, beside that of the machine; the test is skipped if there are none. */
    static Map<String, String> environment() throws IOException, InterruptedException {
        if (Host.has("cibadmin") && Host.has("crm_mon")) {
            return Map.of();
        }
        if (!Files.isDirectory(FOLDER)) {
            Host.need("apt-get", "dpkg");
            Host.Said said =
                    Host.bash("set -e; rm -rf '" + FOLDER + ".next'; mkdir -p '" + FOLDER + ".next'; cd '" + FOLDER
                            + ".next'\npackages=$(apt-get -s install --no-install-recommends pacemaker-cli-utils | awk '/^Inst/ { print $2 }')\n"
                            + "[ -n \"$packages\" ]\napt-get -q download $packages\n"
                            + "for package in *.deb; do dpkg -x $package .; rm $package; done\n"
                            + "mv '" + FOLDER + ".next' '" + FOLDER + "'");
            assumeTrue(said.code() == 0, "apt cannot get the tools of Pacemaker:\n" + said.text());
        }
        String libraries = Host.bash("find '" + FOLDER + "' -name 'lib*.so*' -printf '%h\\n' | sort -u | paste -sd :")
                .must()
                .text()
                .strip();
        return Map.of(
                "PATH", FOLDER.resolve("usr/sbin").toString(),
                "LD_LIBRARY_PATH", libraries,
                "PCMK_schema_directory", FOLDER.resolve("usr/share/pacemaker").toString());
    }
}
