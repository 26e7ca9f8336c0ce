package io.bsr.dist;

import io.bsr.dist.FileTable.Part;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** Makes packages; {@code ./dev package} calls it. */
public final class Main {
    /** The public key beside the packages. */
    static final String PUBLIC_KEY = "bsr-packages.asc";

    private static final String USAGE =
            "usage: --sources DIR --stage DIR --out DIR --version V --time INSTANT --machine M"
                    + " [--families deb,el,suse] [--key FILE [--passphrase-file FILE]] [--small]";

    private Main() {}

    public static void main(String[] arguments) throws IOException {
        ArrayDeque<String> left = new ArrayDeque<>(List.of(arguments));
        Path sources = Path.of("");
        Path stage = Path.of("");
        Path out = Path.of("");
        Path key = null;
        Path passphrase = null;
        String version = "";
        String machine = "";
        String families = "deb,el,suse";
        Instant time = Instant.EPOCH;
        Build.Effort effort = Build.Effort.USUAL;
        while (!left.isEmpty()) {
            switch (left.pop()) {
                case "--sources" -> sources = Path.of(left.pop());
                case "--stage" -> stage = Path.of(left.pop());
                case "--out" -> out = Path.of(left.pop());
                case "--key" -> key = Path.of(left.pop());
                case "--passphrase-file" -> passphrase = Path.of(left.pop());
                case "--version" -> version = left.pop();
                case "--machine" -> machine = left.pop();
                case "--families" -> families = left.pop();
                case "--time" -> time = Instant.parse(left.pop());
                case "--small" -> effort = Build.Effort.SMALL;
                default -> throw new IllegalArgumentException(USAGE);
            }
        }
        if (version.isEmpty() || machine.isEmpty()) {
            throw new IllegalArgumentException(USAGE);
        }
        SigningKey signer;
        if (key == null) {
            System.out.println("No key was given, so the packages are signed by one that was made for this build"
                    + " and is thrown away: whoever trusts it trusts these very files only.");
            signer = SigningKey.throwAway(time);
        } else {
            String secret =
                    passphrase == null ? "" : Files.readString(passphrase).strip();
            signer = SigningKey.read(key, secret.toCharArray(), time);
        }
        Build build = new Build(sources, stage, version, time, machine, effort, signer);
        List<Family> wanted = new ArrayList<>();
        for (String name : families.split(",", -1)) {
            wanted.add(Family.named(name));
        }
        for (Path file : write(build, wanted, out)) {
            System.out.println(file + " (" + Files.size(file) / 1024 + " KiB)");
        }
    }

    /** Writes both packages of each family, and the public key beside them. */
    static List<Path> write(Build build, List<Family> families, Path out) throws IOException {
        Files.createDirectories(out);
        FileTable table = FileTable.read(build.sources().resolve(FileTable.PLACE));
        List<Path> files = new ArrayList<>();
        for (Family family : families) {
            for (Part part : Part.values()) {
                PackageFacts facts = PackageFacts.read(build.sources(), part, family, build.version());
                Contents contents = Contents.of(table, part, family, build.sources(), build.stage());
                files.add(
                        family.isDeb()
                                ? new DebPackage(facts, contents, build).write(out)
                                : new RpmPackage(facts, contents, build).write(out));
            }
        }
        Files.write(out.resolve(PUBLIC_KEY), build.key().export());
        return files;
    }
}
