package io.bsr.engine;

import io.bsr.base.error.ErrorCode;
import io.bsr.base.error.Outcome;
import io.bsr.base.port.Endpoint;
import io.bsr.base.port.PortException;
import io.bsr.control.EngineFiles;
import io.bsr.control.ProductVersion;
import io.bsr.control.parameter.Parameter;
import io.bsr.control.server.ControlServer;
import io.bsr.control.server.ServerLog;
import io.bsr.control.setting.LogSettings;
import io.bsr.control.setting.SettingFiles;
import io.bsr.control.status.EngineInfo;
import io.bsr.engine.command.CommandExecutor;
import io.bsr.engine.command.EngineAccess;
import io.bsr.engine.device.DevicePlace;
import io.bsr.engine.fault.FaultPlan;
import io.bsr.engine.handler.HandlerSettings;
import io.bsr.engine.handler.Handlers;
import io.bsr.engine.host.ExportsElsewhere;
import io.bsr.engine.host.HostedResource;
import io.bsr.engine.host.LoopHost;
import io.bsr.engine.host.Registry;
import io.bsr.engine.host.StatusBoard;
import io.bsr.engine.log.EngineLog;
import io.bsr.engine.parameter.ParameterException;
import io.bsr.engine.parameter.Parameters;
import io.bsr.loop.EventLoop;
import io.bsr.loop.EventLoops;
import io.bsr.loop.LoopOptions;
import io.bsr.wire.Versions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;

/** A running engine. Everything it has is made in {@link #start} and ended in {@link #stop}. */
public final class Engine {
    private static final Duration DOWN_LIMIT = Duration.ofSeconds(20);
    private static final Duration LOOPS_LIMIT = Duration.ofSeconds(10);

    /** How long {@link #stop} takes at most. */
    public static final Duration STOP_LIMIT = DOWN_LIMIT.plus(LOOPS_LIMIT);

    /** Bytes of a Unix socket's path, without the terminating zero (sockaddr_un, sys/un.h). */
    private static final int SOCKET_PATH_BYTES = 107;

    private final EngineFiles files;
    private final EngineOptions options;
    private final EngineLock lock;
    private final EngineLog log;
    private final Logger logger;
    private final Registry registry = new Registry();
    private final List<LoopHost> hosts = new ArrayList<>();
    private final long startedAt = System.nanoTime();
    private final StatusBoard board;
    private final Handlers handlers;
    private final DevicePlace devices;
    private final Parameters parameters;
    private final FaultPlan faults;
    private final ControlServer control;

    private Engine(EngineOptions options, EngineFiles files, EngineLock lock, EngineLog log, Parameters parameters)
            throws StartException {
        this.options = options;
        this.parameters = parameters;
        this.faults = new FaultPlan(parameters);
        this.files = files;
        this.lock = lock;
        this.log = log;
        this.logger = log.logger();
        this.devices = DevicePlace.of(files, logger);
        // Before anybody can ask for new ones.
        devices.clean();
        try {
            for (int i = 0; i < options.loops(); i++) {
                hosts.add(startLoop(i));
            }
            this.board = new StatusBoard(options.node(), edge(), files.stateFolder(), logger);
            this.handlers = new Handlers(
                    new HandlerSettings(files, options.node(), handlerProgram(), HandlerSettings.USUAL_LIMIT),
                    board::tell,
                    logger);
            CommandExecutor commands = new CommandExecutor(
                    registry,
                    board,
                    new EngineAccess(this::info, parameters, this::readSettings, handlers::on, logger),
                    this::found);
            this.control = ControlServer.open(files.controlSocket(), commands, controlLog());
        } catch (PortException e) {
            stopLoops();
            throw new StartException(String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            stopLoops();
            throw new StartException(
                    "Cannot listen at " + files.controlSocket() + ": " + StartException.why(e) + ".", e);
        }
    }

    /**
     * Starts an engine in this process.
     *
     * @throws StartException if there is one already, or a folder, socket or address cannot be had
     */
    public static Engine start(EngineOptions options) throws StartException {
        EngineFiles files = new EngineFiles(options.root());
        requireShortPath(files.controlSocket());
        Parameters parameters = parameters(files, options);
        LogSettings settings = settings(files);
        makeFolders(files, settings.folder());
        EngineLock lock = EngineLock.take(files);
        EngineLog log = EngineLog.open(settings, options.console());
        try {
            Engine engine = new Engine(options, files, lock, log, parameters);
            engine.greet();
            return engine;
        } catch (StartException e) {
            log.logger().error("bsrd cannot start: {}", e.getMessage());
            log.close();
            lock.close();
            throw e;
        }
    }

    /** The parameters that an engine with these options starts with. */
    static Parameters parameters(EngineFiles files, EngineOptions options) throws StartException {
        try {
            return Parameters.of(files, options.parameters());
        } catch (ParameterException e) {
            throw new StartException(String.valueOf(e.getMessage()), e);
        }
    }

    private static LogSettings settings(EngineFiles files) throws StartException {
        try {
            return LogSettings.of(new SettingFiles(files));
        } catch (IOException e) {
            throw new StartException("The settings in etc/bsr.d cannot be read: " + StartException.why(e) + ".", e);
        }
    }

    /** The settings as they are now in their files; those of handlers are read whenever one is called. */
    private Outcome readSettings() {
        try {
            LogSettings settings = LogSettings.of(new SettingFiles(files));
            log.change(settings);
            logger.info(
                    "bsrd: log levels: system {}, file {}; {} files in {}",
                    settings.systemLevel(),
                    settings.fileLevel(),
                    settings.files(),
                    settings.folder());
            return Outcome.OK;
        } catch (IOException e) {
            logger.error("bsrd: the settings cannot be taken over: {}", e.toString());
            return Outcome.of(ErrorCode.INVALID_REQUEST, StartException.why(e));
        }
    }

    private String handlerProgram() {
        String given = parameters.text(Parameter.USERMODE_HELPER);
        return given.isEmpty() ? ProductFiles.bsradm() : given;
    }

    /** What it would run on, without starting anything. */
    static String edge(EngineOptions options) throws StartException {
        try {
            EventLoop loop = EventLoops.create(new LoopOptions(
                    "info", options.loop(), LoopOptions.DEFAULT_BUFFER_BYTES, (failing, failure) -> {}));
            String description = loop.description();
            loop.stop();
            return description;
        } catch (PortException e) {
            throw new StartException(String.valueOf(e.getMessage()), e);
        }
    }

    public EngineInfo info() {
        ProductVersion version = ProductVersion.ofBuild();
        return new EngineInfo(
                ProductVersion.NAME,
                version.version(),
                version.build(),
                options.node(),
                files.root().toString(),
                ProcessHandle.current().pid(),
                (System.nanoTime() - startedAt) / 1_000_000_000,
                edge(),
                hosts.size(),
                Versions.OLDEST + "-" + Versions.BSR_17,
                hosts.stream()
                        .flatMap(host -> host.nbdAddresses().stream())
                        .map(Endpoint::toString)
                        .toList(),
                parameters.status());
    }

    /**
     * Whether every event loop does what it is given within a time.
     *
     * @param limit how long to wait for it
     */
    boolean turns(Duration limit) {
        CountDownLatch turned = new CountDownLatch(hosts.size());
        hosts.forEach(host -> host.loop().execute(turned::countDown));
        try {
            return turned.await(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /**
     * Ends everything cleanly: users leave, resources are demoted, disconnected and detached, loops stop.
     *
     * @return false if something did not end in time and was left as it was; the next start recovers it
     */
    public boolean stop() {
        logger.info("bsrd: stopping");
        control.close();
        boolean clean = new CleanDown(registry, hosts, logger).run(DOWN_LIMIT);
        handlers.close();
        clean &= stopLoops();
        logger.info("bsrd: stopped{}", clean ? "" : "; not everything ended in time");
        log.close();
        try {
            lock.close();
        } catch (StartException e) {
            // The process ends, and the lock with it.
            return false;
        }
        return clean;
    }

    private LoopHost startLoop(int index) throws PortException {
        LoopOptions loopOptions =
                new LoopOptions("loop-" + index, options.loop(), LoopOptions.DEFAULT_BUFFER_BYTES, this::failed);
        EventLoop loop = EventLoops.create(loopOptions);
        return LoopHost.start(
                loop,
                NbdAddresses.of(files, options, index),
                () -> new ExportsElsewhere(registry),
                line -> logger.info("nbd: {}", line));
    }

    /** Of a frontend or of the engine itself: errors inside of a resource end at its fence. */
    private void failed(EventLoop loop, Throwable failure) {
        logger.error(
                "{}: an internal error outside of any resource; please report the lines that follow",
                loop.name(),
                failure);
    }

    private ServerLog controlLog() {
        return new ServerLog() {
            @Override
            public void line(String text) {
                logger.warn("control: {}", text);
            }

            @Override
            public void failure(String text, Throwable failure) {
                logger.error("control: {}", text, failure);
            }
        };
    }

    private HostedResource found(String name) {
        LoopHost host =
                hosts.stream().min(Comparator.comparingInt(registry::count)).orElseThrow();
        return new HostedResource(name, host, board, handlers, devices, faults, logger);
    }

    private String edge() {
        return hosts.getFirst().loop().description();
    }

    private boolean stopLoops() {
        hosts.forEach(host -> host.loop().stop());
        long deadline = System.nanoTime() + LOOPS_LIMIT.toNanos();
        boolean stopped = true;
        for (LoopHost host : hosts) {
            try {
                stopped &= host.loop().awaitStopped(Math.max(0, deadline - System.nanoTime()));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return stopped;
    }

    private void greet() {
        EngineInfo info = info();
        logger.info(
                "bsrd: {} {} (build {}) runs as node {} below {} on {} event loop{}: {}",
                info.name(),
                info.version(),
                info.build(),
                info.node(),
                info.root(),
                info.loops(),
                info.loops() == 1 ? "" : "s",
                info.edge());
        parameters.remarks().forEach(remark -> logger.warn("bsrd: {}", remark));
        logger.info("bsrd: control at {}, NBD at {}", files.controlSocket(), String.join(", ", info.nbd()));
    }

    private static void makeFolders(EngineFiles files, Path logFolder) throws StartException {
        Path folder = files.runtimeFolder();
        try {
            Files.createDirectories(folder);
            if (FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
                Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
            }
            folder = logFolder;
            Files.createDirectories(folder);
            folder = files.stateFolder();
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new StartException(
                    "Cannot make the folder " + folder + ": " + StartException.why(e)
                            + ". Run as root, or choose a root that may be written (--root).",
                    e);
        }
    }

    private static void requireShortPath(Path socket) throws StartException {
        int bytes = socket.toString().getBytes(StandardCharsets.UTF_8).length;
        if (bytes > SOCKET_PATH_BYTES) {
            throw new StartException("The path of the control socket, " + socket + ", has " + bytes
                    + " bytes, and the system allows " + SOCKET_PATH_BYTES + ". Choose a shorter root (--root).");
        }
    }
}
