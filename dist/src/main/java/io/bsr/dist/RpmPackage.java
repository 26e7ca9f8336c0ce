package io.bsr.dist;

import io.bsr.dist.Contents.Item;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.eclipse.packager.rpm.FileFlags;
import org.eclipse.packager.rpm.RpmSignatureTag;
import org.eclipse.packager.rpm.RpmTag;
import org.eclipse.packager.rpm.RpmVersion;
import org.eclipse.packager.rpm.build.BuilderContext;
import org.eclipse.packager.rpm.build.BuilderOptions;
import org.eclipse.packager.rpm.build.DigestAlgorithm;
import org.eclipse.packager.rpm.build.FileInformation;
import org.eclipse.packager.rpm.build.FileInformationProvider;
import org.eclipse.packager.rpm.build.RpmBuilder;
import org.eclipse.packager.rpm.coding.PayloadCoding;
import org.eclipse.packager.rpm.deps.RpmDependencyFlags;
import org.eclipse.packager.rpm.header.Header;
import org.eclipse.packager.rpm.signature.SignatureProcessor;

/** Writes a package of the families that use rpm. */
final class RpmPackage {
    /** Folders without this in their name belong to the system. */
    private static final String OURS = "bsr";

    private final PackageFacts facts;
    private final Contents contents;
    private final Build build;

    RpmPackage(PackageFacts facts, Contents contents, Build build) {
        this.facts = facts;
        this.contents = contents;
        this.build = build;
    }

    /** Writes it into a folder; returns the file. */
    Path write(Path folder) throws IOException {
        String release = facts.family().release();
        Path file =
                folder.resolve(facts.name() + "-" + facts.version() + "-" + release + "." + build.machine() + ".rpm");
        BuilderOptions options = new BuilderOptions();
        // Of xz this library writes a requirement that no rpm can fulfil.
        options.setPayloadCoding(PayloadCoding.GZIP);
        options.setPayloadFlags(Integer.toString(build.level()));
        options.setFileDigestAlgorithm(DigestAlgorithm.SHA256);
        options.setOpenOptions(null);
        RpmVersion version = new RpmVersion(facts.version(), release);
        try (RpmBuilder builder = new RpmBuilder(facts.name(), version, build.machine(), file, options)) {
            builder.setInformation(information());
            relations(builder, release);
            scripts(builder);
            BuilderContext context = builder.newContext();
            for (Map.Entry<String, Item> entry : contents.items().entrySet()) {
                add(context, entry.getKey(), entry.getValue());
            }
            builder.setHeaderCustomizer(this::timesAndChanges);
            builder.addSignatureProcessor(new Signer(build.key()));
            builder.build();
        }
        return file;
    }

    private RpmBuilder.PackageInformation information() {
        RpmBuilder.PackageInformation information = new RpmBuilder.PackageInformation();
        information.setLicense(facts.license());
        information.setSummary(facts.summary());
        information.setDescription(String.join(
                "\n", facts.description().stream().map(String::strip).toList()));
        information.setGroup("System Environment/Daemons");
        information.setVendor(facts.maintainer());
        information.setPackager(facts.maintainer());
        return information;
    }

    private void relations(RpmBuilder builder, String release) {
        builder.addRequirement("/bin/sh", "");
        // As any package says of the architecture that it is for.
        builder.addProvides(
                facts.name() + "(" + architectureWord() + ")",
                facts.version() + "-" + release,
                RpmDependencyFlags.EQUAL);
        if (!contents.configurationFiles().isEmpty()) {
            builder.addProvides(
                    "config(" + facts.name() + ")", facts.version() + "-" + release, RpmDependencyFlags.EQUAL);
        }
        for (String relation : facts.relations("depends")) {
            String[] words = relation.split(" ", -1);
            if (words.length == 3) {
                builder.addRequirement(words[0], words[2], RpmDependencyFlags.EQUAL);
            } else {
                builder.addRequirement(relation, "");
            }
        }
        facts.relations("conflicts").forEach(other -> builder.addConflicts(other, ""));
    }

    private String architectureWord() {
        return build.machine().replace('_', '-').toLowerCase(Locale.ROOT).equals("x86-64") ? "x86-64" : "64bit";
    }

    private void scripts(RpmBuilder builder) throws IOException {
        script(facts.script("pre"), builder::setPreInstallationScript);
        script(facts.script("post"), builder::setPostInstallationScript);
        script(facts.script("preun"), builder::setPreRemoveScript);
        script(facts.script("postun"), builder::setPostRemoveScript);
        script(facts.script("posttrans"), builder::setPostTransactionScript);
    }

    private static void script(String text, java.util.function.Consumer<String> setter) {
        if (!text.isEmpty()) {
            setter.accept(text);
        }
    }

    private void add(BuilderContext context, String path, Item item) throws IOException {
        switch (item) {
            case Item.Copy copy -> context.addFile(path, copy.source(), like(copy.mode(), flags(path, copy)));
            case Item.Made made -> context.addFile(path, ByteBuffer.wrap(made.bytes()), like(made.mode(), flags(path)));
            case Item.Folder folder -> {
                if (path.contains(OURS)) {
                    context.addDirectory(path, like(folder.mode(), Set.of()));
                }
            }
            case Item.Link link -> context.addSymbolicLink(path, link.target(), like(link.mode(), Set.of()));
        }
    }

    private static Set<FileFlags> flags(String path, Item.Copy copy) {
        return copy.configuration() ? EnumSet.of(FileFlags.CONFIGURATION, FileFlags.NOREPLACE) : flags(path);
    }

    private static Set<FileFlags> flags(String path) {
        if (path.startsWith("/usr/share/licenses/")) {
            return EnumSet.of(FileFlags.LICENSE);
        }
        return path.startsWith("/usr/share/man/") || path.startsWith("/usr/share/doc/")
                ? EnumSet.of(FileFlags.DOC)
                : Set.of();
    }

    private FileInformationProvider<Object> like(int mode, Set<FileFlags> flags) {
        return (name, source, type) -> {
            FileInformation information = new FileInformation();
            information.setMode((short) mode);
            information.setTimestamp(build.time());
            information.setFileFlags(flags);
            return information;
        };
    }

    private void timesAndChanges(Header<RpmTag> header) {
        int seconds = Math.toIntExact(build.time().getEpochSecond());
        header.putInt(RpmTag.BUILDTIME, seconds);
        header.putInt(RpmTag.CHANGELOG_TIMESTAMP, seconds);
        header.putStringArray(
                RpmTag.CHANGELOG_AUTHOR,
                facts.maintainer() + " " + facts.version() + "-"
                        + facts.family().release());
        header.putStringArray(RpmTag.CHANGELOG_TEXT, "- Version " + facts.version());
    }

    /** Signs the header, which holds digests of the rest; the library's own takes the time from the clock. */
    private static final class Signer implements SignatureProcessor {
        private final SigningKey key;
        private final ByteArrayOutputStream headers = new ByteArrayOutputStream();

        Signer(SigningKey key) {
            this.key = key;
        }

        @Override
        public void feedHeader(ByteBuffer header) {
            byte[] bytes = new byte[header.remaining()];
            header.duplicate().get(bytes);
            headers.writeBytes(bytes);
        }

        @Override
        public void feedPayloadData(ByteBuffer data) {
            // Its digest is in the header.
        }

        @Override
        public void finish(Header<RpmSignatureTag> signature) {
            try {
                signature.putBlob(RpmSignatureTag.RSAHEADER, key.sign(headers.toByteArray()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
