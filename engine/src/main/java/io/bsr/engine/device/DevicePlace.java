package io.bsr.engine.device;

import io.bsr.attach.DeviceLinks;
import io.bsr.attach.NbdRecords;
import io.bsr.attach.WaitingDevices;
import io.bsr.control.EngineFiles;
import java.nio.file.Path;
import org.slf4j.Logger;

/**
 * Where the devices of one engine are.
 *
 * @param links names of devices
 * @param records what is written down of devices that outlive the engine
 * @param waiting devices that outlived the engine before this one
 */
public record DevicePlace(Path root, DeviceLinks links, NbdRecords records, WaitingDevices waiting, Logger log) {
    /** Of an engine with these files; the runtime folder exists when devices are made. */
    public static DevicePlace of(EngineFiles files, Logger log) {
        DeviceLinks links = new DeviceLinks(files.root(), files.runtimeFolder());
        NbdRecords records = new NbdRecords(files.root(), files.runtimeFolder());
        WaitingDevices waiting = new WaitingDevices(records, links, line -> log.warn("device: {}", line));
        return new DevicePlace(files.root(), links, records, waiting, log);
    }

    /** One line for the log. */
    public void say(String line) {
        log.info("device: {}", line);
    }

    /** What a dead engine has left. */
    public void clean() {
        waiting.find();
        links.removeLeftOvers(waiting, this::say);
    }
}
