package io.bsr.config.declared;

import io.bsr.config.option.OptionGroup;
import io.bsr.config.option.Settings;
import java.util.ArrayList;
import java.util.List;

/**
 * The options of a {@code common} section or of a resource, by what they belong to.
 *
 * @param proxyPlugins the lines of {@code plugin} sections, each a list of words
 */
public record OptionSections(
        Settings net,
        Settings disk,
        Settings peerDevice,
        Settings resource,
        Settings node,
        Settings startup,
        Settings handlers,
        Settings proxy,
        List<List<String>> proxyPlugins) {
    public static final OptionSections NONE = new OptionSections(
            Settings.NONE,
            Settings.NONE,
            Settings.NONE,
            Settings.NONE,
            Settings.NONE,
            Settings.NONE,
            Settings.NONE,
            Settings.NONE,
            List.of());

    public OptionSections {
        proxyPlugins = proxyPlugins.stream().map(List::copyOf).toList();
    }

    /** Plugin lines with those of an outer section: each that is missing is put to the front, one after the other. */
    public static List<List<String>> inheritedPlugins(List<List<String>> own, List<List<String>> outer) {
        List<List<String>> all = new ArrayList<>(own);
        for (List<String> line : outer) {
            if (!all.contains(line)) {
                all.addFirst(line);
            }
        }
        return all;
    }

    /** The options of one group. */
    public Settings of(OptionGroup group) {
        return switch (group) {
            case NET -> net;
            case DISK -> disk;
            case PEER_DEVICE -> peerDevice;
            case RESOURCE -> resource;
            case NODE -> node;
            case STARTUP -> startup;
            case HANDLER -> handlers;
            case PROXY -> proxy;
            case COMMAND -> Settings.NONE;
        };
    }
}
