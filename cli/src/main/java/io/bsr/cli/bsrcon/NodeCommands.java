package io.bsr.cli.bsrcon;

import io.bsr.cli.terminal.Surroundings;
import io.bsr.control.ControlClient;
import io.bsr.control.ControlException;
import io.bsr.control.command.Command;
import io.bsr.control.setting.Setting;
import io.bsr.control.status.Answer;
import io.bsr.control.status.EngineInfo;
import io.bsr.control.status.ResourceStatus;
import io.bsr.control.status.VolumeStatus;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** What concerns handlers, fast sync, and questions. */
final class NodeCommands {
    private static final int CHUNK = 64 << 10;
    private static final int SECTORS_PER_KIB = 2;

    private final Surroundings surroundings;
    private final NodeSettings settings;

    NodeCommands(Surroundings surroundings) {
        this.surroundings = surroundings;
        this.settings = NodeSettings.of(surroundings);
    }

    /** The engine reads the file whenever a handler is due. */
    void handlers(String text) throws ConException {
        settings.write(Setting.HANDLER_USE, NodeSettings.flag(ConCommand.HANDLER_USE, text) ? "1" : "0");
    }

    void showHandlers() throws IOException {
        boolean on = settings.files().text(Setting.HANDLER_USE).equals("1");
        print("Current handler.");
        print("state : " + (on ? "enable" : "disable"));
    }

    void fastSync(String text) throws ConException {
        boolean on = NodeSettings.flag(ConCommand.SET_FAST_SYNC, text);
        settings.write(Setting.USE_FAST_SYNC, on ? "1" : "0");
        if (on) {
            surroundings.complain(
                    "bsrcon: kept, and without effect: the engine of this version resynchronises the whole"
                            + " volume the first time.");
        }
    }

    void showFastSync() throws IOException {
        boolean off = settings.files().text(Setting.USE_FAST_SYNC).equals("0");
        print(off ? "current fast sync disable (0)" : "current fast sync enable (1)");
    }

    /** As {@code /proc/bsr} begins. */
    void engine() throws ConException {
        if (!(call(new Command.Info()).result() instanceof EngineInfo info)) {
            throw new ConException(ConException.FAILED, "bsrd does not say what it is");
        }
        print("BSR: " + info.name() + " " + info.version() + " (build " + info.build() + ")");
        print("(api:2/proto:" + info.protocols() + ")");
    }

    void volumes(boolean verbose) throws ConException {
        try (ControlClient client = ControlClient.connect(surroundings.files())) {
            for (ResourceStatus resource : client.status().resources()) {
                for (VolumeStatus volume : resource.volumes()) {
                    show(resource, volume, verbose);
                }
            }
        } catch (ControlException e) {
            throw new ConException(ConException.FAILED, String.valueOf(e.getMessage()));
        }
    }

    private void show(ResourceStatus resource, VolumeStatus volume, boolean verbose) {
        print("====================================================================");
        field("Physical Device Name", volume.backing().isEmpty() ? "none" : volume.backing());
        field("Minor", Integer.toString(volume.minor()));
        field("Mount Point", mountPoints(volume.device()));
        field("Replication Volume", resource.name() + "/" + volume.number());
        field("Disk Partition Size", volume.metaDeviceSize() / 1024 + " KB");
        field("Replication Size", volume.size() / SECTORS_PER_KIB + " KB");
        if (verbose) {
            field("Block Device", volume.device().isEmpty() ? "none" : volume.device());
            field("Disk State", volume.disk().toString());
            field("Users", volume.users().isEmpty() ? "none" : String.join(", ", volume.users()));
        }
    }

    private void field(String name, String value) {
        print(name + " ".repeat(Math.max(1, 24 - name.length())) + ": " + value);
    }

    /** Where the kernel says that the device, or what its name leads to, is mounted. */
    private static String mountPoints(String device) {
        if (device.isEmpty()) {
            return "none";
        }
        try {
            String real = Path.of(device).toRealPath().toString();
            List<String> places = Files.readAllLines(Path.of("/proc/self/mounts")).stream()
                    .map(line -> line.split(" ", -1))
                    .filter(words -> words.length > 1 && (words[0].equals(device) || words[0].equals(real)))
                    .map(words -> words[1])
                    .toList();
            return places.isEmpty() ? "none" : String.join(", ", places);
        } catch (IOException | InvalidPathException e) {
            return "not known";
        }
    }

    void md5(String file) throws ConException {
        try (InputStream in = Files.newInputStream(Path.of(file))) {
            MessageDigest digest = MessageDigest.getInstance("MD5");
            byte[] chunk = new byte[CHUNK];
            int length = in.read(chunk);
            while (length >= 0) {
                digest.update(chunk, 0, length);
                length = in.read(chunk);
            }
            print(HexFormat.of().formatHex(digest.digest()));
        } catch (IOException | InvalidPathException e) {
            throw new ConException(ConException.FAILED, file + " cannot be read: " + e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has MD5", e);
        }
    }

    private Answer call(Command command) throws ConException {
        try (ControlClient client = ControlClient.connect(surroundings.files())) {
            return client.call(command);
        } catch (ControlException e) {
            throw new ConException(ConException.FAILED, String.valueOf(e.getMessage()));
        }
    }

    private void print(String line) {
        surroundings.out().println(line);
    }
}
