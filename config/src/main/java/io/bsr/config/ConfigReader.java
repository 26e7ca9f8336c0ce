package io.bsr.config;

import io.bsr.config.declared.ConfigurationReader;
import io.bsr.config.declared.DeclaredConfiguration;
import io.bsr.config.diagnostic.Diagnostics;
import io.bsr.config.file.ConfigFiles;
import io.bsr.config.model.Expansion;
import io.bsr.config.model.NodeIdentity;
import io.bsr.config.model.NodeView;
import io.bsr.config.model.Resource;
import io.bsr.config.model.Views;
import java.util.List;

/** Reads configurations. Never throws for what a file contains: all findings are in the result. */
public final class ConfigReader {
    private final ConfigFiles files;

    public ConfigReader(ConfigFiles files) {
        this.files = files;
    }

    /** Reads a file and everything it includes. */
    public ReadResult read(String path, ReadOptions options) {
        Diagnostics diagnostics = new Diagnostics();
        ConfigurationReader reader = reader(options, diagnostics);
        reader.readFile(path);
        return finish(path, reader, options, diagnostics);
    }

    /**
     * Reads a text that is at hand and everything it includes.
     *
     * @param name the name for messages, such as {@code STDIN}
     */
    public ReadResult readText(String name, byte[] text, ReadOptions options) {
        Diagnostics diagnostics = new Diagnostics();
        ConfigurationReader reader = reader(options, diagnostics);
        reader.readText(name, text);
        return finish(name, reader, options, diagnostics);
    }

    private ConfigurationReader reader(ReadOptions options, Diagnostics diagnostics) {
        ConfigurationReader reader = new ConfigurationReader(files, diagnostics);
        options.leftOut().forEach(reader::exclude);
        return reader;
    }

    private static ReadResult finish(
            String name, ConfigurationReader reader, ReadOptions options, Diagnostics diagnostics) {
        options.alsoRead().forEach(reader::readFile);
        DeclaredConfiguration declared = reader.configuration(name);
        String hostname = declared.global().hostname();
        NodeIdentity node = options.hostnameCounts() && !hostname.isEmpty()
                ? new NodeIdentity(hostname, options.node().local())
                : options.node();
        List<Resource> resources = Expansion.expand(declared, node, diagnostics);
        NodeView view = Views.of(resources, node, declared.global().disableIpVerification(), diagnostics);
        return new ReadResult(new Configuration(declared, resources), node, view, diagnostics.list());
    }
}
