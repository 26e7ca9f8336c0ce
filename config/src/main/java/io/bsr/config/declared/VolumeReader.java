package io.bsr.config.declared;

import io.bsr.config.diagnostic.DiagnosticCode;
import io.bsr.config.diagnostic.Location;
import io.bsr.config.option.OptionGroup;
import io.bsr.config.option.Settings;
import io.bsr.config.syntax.Item;
import io.bsr.config.syntax.Token;
import io.bsr.config.syntax.TokenKind;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Collects what one section says about one volume; configuration-language reference, section 6.4. */
final class VolumeReader {
    static final Set<String> STATEMENTS = Set.of("device", "disk", "meta-disk", "flexible-meta-disk");
    private static final int LARGEST_MINOR = 0xFFFFF;

    private final Reading reading;
    private final int number;
    private final boolean implicit;
    private final String key;
    private final boolean ofHost;
    private final Platform platform;
    private final Location at;
    private @Nullable Device device;
    private @Nullable String disk;
    private @Nullable MetaDisk metaDisk;
    private Settings diskOptions = Settings.NONE;
    private Settings peerDeviceOptions = Settings.NONE;

    /**
     * A volume of which nothing is known yet.
     *
     * @param ofHost whether a host section says it, not the resource
     * @param key the names of the sections around it: what may be given once per section is noted under it
     */
    VolumeReader(
            Reading reading, int number, boolean implicit, String key, boolean ofHost, Platform platform, Location at) {
        this.reading = reading;
        this.number = number;
        this.implicit = implicit;
        this.key = key;
        this.ofHost = ofHost;
        this.platform = platform;
        this.at = at;
    }

    int number() {
        return number;
    }

    boolean implicit() {
        return implicit;
    }

    DeclaredVolume volume() {
        return new DeclaredVolume(number, implicit, device, disk, metaDisk, diskOptions, peerDeviceOptions, at);
    }

    /** The content of a {@code volume} section. */
    void read(List<Item> items) {
        reading.each(items, "volume", Set.of("volume"), words -> {
            Token first = words.peek();
            if (first.is(TokenKind.WORD) && STATEMENTS.contains(first.value())) {
                statement(words);
            } else {
                words.unknown(
                        DiagnosticCode.UNKNOWN_STATEMENT,
                        first.shown() + " cannot stand in 'volume'",
                        List.of("device", "disk", "meta-disk", "flexible-meta-disk", "skip"));
            }
        });
    }

    /** One of {@link #STATEMENTS}; a {@code disk} section too. */
    void statement(Words words) {
        Token keyword = words.next();
        switch (keyword.value()) {
            case "device" -> device(words, keyword);
            case "disk" -> disk(words, keyword);
            case "meta-disk" -> metaDisk(words, keyword);
            case "flexible-meta-disk" -> flexible(words, keyword);
            default -> throw new IllegalArgumentException(keyword.value());
        }
    }

    private void device(Words words, Token keyword) {
        String name = "";
        Token nameToken = keyword;
        @Nullable Integer minor = null;
        if (!words.nextIs("minor")) {
            Token token = words.name("a device name or 'minor'");
            if (token == null) {
                return;
            }
            nameToken = token;
            name = token.value();
        }
        if (words.take("minor")) {
            minor = words.integer("minor number", 0, LARGEST_MINOR);
            if (minor == null) {
                return;
            }
        }
        words.end();
        reading.unique("device", key + ":device", "", keyword);
        device = platform == Platform.WINDOWS
                ? windowsDevice(words, nameToken, name, minor)
                : linuxDevice(words, nameToken, name, minor);
    }

    private static @Nullable Device linuxDevice(Words words, Token token, String name, @Nullable Integer minor) {
        if (name.isEmpty() && minor != null) {
            return new Device("", minor);
        }
        String plain = name.startsWith("/dev/") ? name.substring("/dev/".length()) : name;
        String rest = plain.startsWith("bsr") ? plain.substring("bsr".length()) : "";
        if (rest.startsWith("_") && minor != null) {
            return new Device(name.startsWith("/") ? name : "/dev/" + name, minor);
        }
        if (!rest.isEmpty() && rest.length() <= 7 && rest.chars().allMatch(c -> c >= '0' && c <= '9')) {
            int number = Integer.parseInt(rest);
            if (number <= LARGEST_MINOR && (minor == null || minor == number)) {
                return new Device("/dev/bsr" + number, number);
            }
            words.report(
                    DiagnosticCode.DEVICE_NAME,
                    token,
                    minor == null
                            ? "device " + token.shown() + ": the minor number is larger than " + LARGEST_MINOR
                            : "device " + token.shown() + " and minor " + minor + " do not fit together",
                    List.of());
            return null;
        }
        words.report(
                DiagnosticCode.DEVICE_NAME,
                token,
                rest.startsWith("_")
                        ? "device " + token.shown() + " needs 'minor N'"
                        : "device name " + token.shown() + " is not possible",
                List.of());
        return null;
    }

    /** A drive letter; C is minor 0. */
    private static @Nullable Device windowsDevice(Words words, Token token, String name, @Nullable Integer minor) {
        if (name.isEmpty() && minor != null) {
            return new Device("", minor);
        }
        int letter = Character.toUpperCase(name.charAt(0)) - 'C';
        if (name.startsWith("/dev") || letter < 0 || letter > 'Z' - 'C') {
            words.report(
                    DiagnosticCode.DEVICE_NAME,
                    token,
                    "device name " + token.shown() + " is no drive letter",
                    List.of("a drive letter, C … Z"));
            return null;
        }
        return new Device(name, minor == null ? letter : minor);
    }

    private void disk(Words words, Token keyword) {
        if (!words.hasNext() && words.isSection()) {
            options(words, keyword);
            return;
        }
        Token path = words.name("a disk or '{'");
        if (path == null) {
            return;
        }
        words.end();
        once("disk", keyword);
        disk = path.value();
        if (platform == Platform.WINDOWS && device == null && !disk.equals("none")) {
            device = windowsDevice(words, path, disk, null);
        }
    }

    private void options(Words words, Token keyword) {
        List<Item> items = words.block();
        if (items == null) {
            return;
        }
        reading.unique("disk section", key + ":disk-options", "", keyword);
        Settings both = new OptionsReader(reading).read(items, "disk", OptionGroup.DISK, OptionGroup.PEER_DEVICE);
        diskOptions = both.only(OptionGroup.DISK);
        peerDeviceOptions = both.only(OptionGroup.PEER_DEVICE);
    }

    private void metaDisk(Words words, Token keyword) {
        Token device = words.name("'internal' or a device");
        if (device == null) {
            return;
        }
        // Windows paths are full of backslashes; there they are no escapes.
        String name = platform == Platform.WINDOWS ? device.raw() : device.value();
        if (name.equals("internal") && words.hasNext()) {
            words.end();
        } else if (words.nextIs(TokenKind.OPEN_BRACKET)) {
            words.next();
            Integer index = words.integer("index", 0, 255);
            if (index == null) {
                return;
            }
            if (!words.nextIs(TokenKind.CLOSE_BRACKET)) {
                words.expected(List.of("']'"));
                return;
            }
            words.next();
            set(words, keyword, new MetaDisk.Indexed(name, index));
        } else if (words.hasNext() && words.peek().isName()) {
            Token file = words.next();
            set(words, keyword, new MetaDisk.FileBacked(name, file.value()));
        } else {
            set(words, keyword, name.equals("internal") ? new MetaDisk.Internal() : new MetaDisk.Flexible(name));
        }
    }

    private void flexible(Words words, Token keyword) {
        Token device = words.name("'internal' or a device");
        if (device != null) {
            String name = device.value();
            set(words, keyword, name.equals("internal") ? new MetaDisk.Internal() : new MetaDisk.Flexible(name));
        }
    }

    private void set(Words words, Token keyword, MetaDisk value) {
        words.end();
        once("meta-disk", keyword);
        metaDisk = value;
    }

    /** Directly in a resource the last one has always counted; in a host section there may be only one. */
    private void once(String what, Token keyword) {
        if (ofHost) {
            reading.unique(what, key + ":" + what, "", keyword);
        } else {
            reading.lastCounts(what, key + ":" + what, keyword);
        }
    }
}
