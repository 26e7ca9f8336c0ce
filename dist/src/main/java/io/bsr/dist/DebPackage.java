package io.bsr.dist;

import io.bsr.dist.Contents.Item;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.ar.ArArchiveEntry;
import org.apache.commons.compress.archivers.ar.ArArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipParameters;
import org.apache.commons.compress.compressors.xz.XZCompressorOutputStream;

/** Writes a package of the Debian family: deb(5), deb-control(5). */
final class DebPackage {
    private static final List<String> SCRIPTS = List.of("preinst", "postinst", "prerm", "postrm");
    private static final int BLOCK = 1024;

    private final PackageFacts facts;
    private final Contents contents;
    private final Build build;

    DebPackage(PackageFacts facts, Contents contents, Build build) {
        this.facts = facts;
        this.contents = contents;
        this.build = build;
    }

    /** Writes it into a folder; returns the file. */
    Path write(Path folder) throws IOException {
        byte[] format = "2.0\n".getBytes(StandardCharsets.US_ASCII);
        byte[] control = control();
        byte[] data = data();
        byte[] signature = build.key().sign(format, control, data);
        Path file = folder.resolve(facts.name() + "_" + facts.version() + "_" + build.debArchitecture() + ".deb");
        try (ArArchiveOutputStream out = new ArArchiveOutputStream(Files.newOutputStream(file))) {
            member(out, "debian-binary", format);
            member(out, "control.tar.gz", control);
            member(out, "data.tar." + (build.withXz() ? "xz" : "gz"), data);
            // The name under which debsig-verify looks for the signature of where a package comes from.
            member(out, "_gpgorigin", signature);
        }
        return file;
    }

    private void member(ArArchiveOutputStream out, String name, byte[] bytes) throws IOException {
        out.putArchiveEntry(new ArArchiveEntry(
                name, bytes.length, 0, 0, 0100644, build.time().getEpochSecond()));
        out.write(bytes);
        out.closeArchiveEntry();
    }

    private byte[] control() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = tar(gzip(bytes))) {
            folder(tar, "./", 0755);
            file(tar, "./control", 0644, text(controlFile()));
            if (!contents.configurationFiles().isEmpty()) {
                file(tar, "./conffiles", 0644, text(lines(contents.configurationFiles())));
            }
            file(tar, "./md5sums", 0644, text(md5sums()));
            for (String script : SCRIPTS) {
                String text = facts.script(script);
                if (!text.isEmpty()) {
                    file(tar, "./" + script, 0755, text(text));
                }
            }
        }
        return bytes.toByteArray();
    }

    private String controlFile() throws IOException {
        StringBuilder text = new StringBuilder();
        text.append("Package: ").append(facts.name()).append('\n');
        text.append("Version: ").append(facts.version()).append('\n');
        text.append("Section: admin\nPriority: optional\n");
        text.append("Architecture: ").append(build.debArchitecture()).append('\n');
        text.append("Maintainer: ").append(facts.maintainer()).append('\n');
        text.append("Installed-Size: ").append(installedKibibytes()).append('\n');
        relation(text, "Depends", "depends");
        relation(text, "Recommends", "recommends");
        relation(text, "Conflicts", "conflicts");
        text.append("Description: ").append(facts.summary()).append('\n');
        for (String line : facts.description()) {
            text.append(' ').append(line.strip()).append('\n');
        }
        return text.toString();
    }

    private void relation(StringBuilder text, String field, String relation) {
        List<String> others = facts.relations(relation);
        if (!others.isEmpty()) {
            text.append(field).append(": ").append(String.join(", ", others)).append('\n');
        }
    }

    private long installedKibibytes() throws IOException {
        long sum = 0;
        for (Item item : contents.items().values()) {
            sum += switch (item) {
                case Item.Copy copy -> (Files.size(copy.source()) + BLOCK - 1) / BLOCK;
                case Item.Made made -> (made.bytes().length + BLOCK - 1) / BLOCK;
                case Item.Folder folder -> 1;
                case Item.Link link -> 1;
            };
        }
        return sum;
    }

    private String md5sums() throws IOException {
        StringBuilder text = new StringBuilder();
        for (Map.Entry<String, Item> entry : contents.items().entrySet()) {
            byte[] bytes =
                    switch (entry.getValue()) {
                        case Item.Copy copy -> copy.configuration() ? null : Files.readAllBytes(copy.source());
                        case Item.Made made -> made.bytes();
                        case Item.Folder folder -> null;
                        case Item.Link link -> null;
                    };
            if (bytes != null) {
                text.append(md5(bytes))
                        .append("  ")
                        .append(entry.getKey().substring(1))
                        .append('\n');
            }
        }
        return text.toString();
    }

    private byte[] data() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        OutputStream compressor = build.withXz() ? new XZCompressorOutputStream(bytes) : gzip(bytes);
        try (TarArchiveOutputStream tar = tar(compressor)) {
            folder(tar, "./", 0755);
            for (Map.Entry<String, Item> entry : contents.items().entrySet()) {
                String name = "." + entry.getKey();
                switch (entry.getValue()) {
                    case Item.Copy copy -> file(tar, name, copy.mode(), Files.readAllBytes(copy.source()));
                    case Item.Made made -> file(tar, name, made.mode(), made.bytes());
                    case Item.Folder folder -> folder(tar, name + "/", folder.mode());
                    case Item.Link link -> {
                        TarArchiveEntry header = new TarArchiveEntry(name, TarConstants.LF_SYMLINK);
                        header.setLinkName(link.target());
                        put(tar, header, link.mode(), new byte[0]);
                    }
                }
            }
        }
        return bytes.toByteArray();
    }

    private OutputStream gzip(OutputStream out) throws IOException {
        GzipParameters parameters = new GzipParameters();
        parameters.setCompressionLevel(build.level());
        return new GzipCompressorOutputStream(out, parameters);
    }

    private static TarArchiveOutputStream tar(OutputStream out) {
        TarArchiveOutputStream tar = new TarArchiveOutputStream(out, StandardCharsets.UTF_8.name());
        tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_GNU);
        return tar;
    }

    private void folder(TarArchiveOutputStream tar, String name, int mode) throws IOException {
        put(tar, new TarArchiveEntry(name), mode, new byte[0]);
    }

    private void file(TarArchiveOutputStream tar, String name, int mode, byte[] bytes) throws IOException {
        put(tar, new TarArchiveEntry(name), mode, bytes);
    }

    private void put(TarArchiveOutputStream tar, TarArchiveEntry entry, int mode, byte[] bytes) throws IOException {
        Instant time = build.time();
        entry.setMode((entry.getMode() & ~07777) | mode);
        entry.setIds(0, 0);
        entry.setNames("root", "root");
        entry.setModTime(time.toEpochMilli());
        entry.setSize(bytes.length);
        tar.putArchiveEntry(entry);
        tar.write(bytes);
        tar.closeArchiveEntry();
    }

    private static String lines(List<String> lines) {
        return String.join("\n", lines) + "\n";
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String md5(byte[] bytes) {
        try {
            return String.format(
                    "%032x", new BigInteger(1, MessageDigest.getInstance("MD5").digest(bytes)));
        } catch (NoSuchAlgorithmException e) {
            throw new UncheckedIOException(new IOException("This Java has no MD5, which deb(5) wants.", e));
        }
    }
}
