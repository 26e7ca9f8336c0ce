package io.bsr.engine.device;

import io.bsr.attach.DeviceLinks;
import io.bsr.control.EngineFiles;
import java.nio.file.Path;
import org.slf4j.Logger;

/**
 * Where the devices of one engine are.
 *
 * @param links names of devices
 */
public record DevicePlace(Path root, DeviceLinks links, Logger log) {
    /** Of an engine with these files; the runtime folder exists when devices are made. */
    public static DevicePlace of(EngineFiles files, Logger log) {
        return new DevicePlace(files.root(), new DeviceLinks(files.root(), files.runtimeFolder()), log);
    }

    void say(String line) {
        log.info("device: {}", line);
    }

    /** What a dead engine has left. */
    public void clean() {
        links.removeLeftOvers(this::say);
    }
}
