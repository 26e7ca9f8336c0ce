package io.bsr.metadata.tool;

import io.bsr.metadata.FormatVersion;
import io.bsr.metadata.MetadataException;
import io.bsr.metadata.MetadataException.Code;
import io.bsr.metadata.Placement;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Where internal metadata were when a tool last wrote them, so that they are found again after the device has grown
 * (metadata reference, section 9). A file of one or two lines: size in bytes, tab, device name; {@code uuid:}, tab, 16
 * hexadecimal digits.
 *
 * @param deviceBytes size that the device had
 * @param deviceName its name then
 * @param deviceUuid the device UUID in its superblock, if that was written down
 */
public record LastKnownPlace(long deviceBytes, String deviceName, OptionalLong deviceUuid) {
    private static final int LONGEST_FILE = 8192;
    private static final String UUID = "uuid:\t";

    /** The place of metadata that are open. */
    public static LastKnownPlace of(OpenMetadata metadata) {
        return new LastKnownPlace(
                metadata.layout().deviceBytes(),
                metadata.device().description(),
                OptionalLong.of(metadata.superblock().deviceUuid));
    }

    /** Reads the file. A file that does not exist, or says something else, is as good as none. */
    public static Optional<LastKnownPlace> read(Path file) throws MetadataException {
        try {
            if (!Files.isRegularFile(file) || Files.size(file) > LONGEST_FILE) {
                return Optional.empty();
            }
            return parse(new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw failed("read", file, e);
        }
    }

    /** Replaces the file, in one step. */
    public void write(Path file) throws MetadataException {
        try {
            // The engine and a tool may write at the same time.
            Path fresh = Files.createTempFile(file.toAbsolutePath().getParent(), file.getFileName() + ".", ".new");
            try {
                Files.writeString(fresh, text());
                Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(fresh);
            }
        } catch (IOException e) {
            throw failed("written", file, e);
        }
    }

    /** The contents of the file. */
    String text() {
        String uuid = deviceUuid.isPresent()
                ? UUID + HexFormat.of().withUpperCase().toHexDigits(deviceUuid.getAsLong()) + "\n"
                : "";
        return deviceBytes + "\t" + deviceName + "\n" + uuid;
    }

    static Optional<LastKnownPlace> parse(String text) {
        List<String> lines = text.lines().toList();
        int tab = lines.isEmpty() ? -1 : lines.getFirst().indexOf('\t');
        if (tab < 0) {
            return Optional.empty();
        }
        try {
            long bytes = Long.parseLong(lines.getFirst().substring(0, tab));
            String uuid = lines.size() > 1 && lines.get(1).startsWith(UUID)
                    ? lines.get(1).substring(UUID.length()).strip()
                    : "";
            return Optional.of(new LastKnownPlace(
                    bytes,
                    lines.getFirst().substring(tab + 1),
                    uuid.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseUnsignedLong(uuid, 16))));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /**
     * Opens the metadata at this place of a device that has another size now.
     *
     * @param evenIfOther also if the device UUID is another one
     * @throws MetadataException NOT_FOUND if there are none that were made for the former size
     */
    public OpenMetadata open(MetadataDevice device, boolean evenIfOther) throws MetadataException {
        if (deviceBytes == device.size()) {
            throw notFound("the device still has the size that it had");
        }
        if (deviceBytes < 0) {
            throw notFound("the size that was written down is " + deviceBytes);
        }
        OpenMetadata found = OpenMetadata.open(device, new Placement.Internal(), FormatVersion.V09, deviceBytes);
        if (!evenIfOther && deviceUuid.isPresent() && deviceUuid.getAsLong() != found.superblock().deviceUuid) {
            throw notFound("those at the last known place are of another device");
        }
        return found;
    }

    private static MetadataException notFound(String why) {
        return new MetadataException(
                Code.NOT_FOUND,
                "No metadata found at the last known place",
                why,
                "Check the device, or create metadata (create-md)");
    }

    private static MetadataException failed(String action, Path file, IOException cause) {
        return new MetadataException(
                Code.IO,
                file + " could not be " + action,
                String.valueOf(cause.getMessage()),
                "Check the directory and its permissions",
                cause);
    }
}
