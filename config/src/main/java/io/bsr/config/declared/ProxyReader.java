package io.bsr.config.declared;

import io.bsr.config.diagnostic.DiagnosticCode;
import io.bsr.config.diagnostic.Location;
import io.bsr.config.option.OptionGroup;
import io.bsr.config.option.Setting;
import io.bsr.config.option.Settings;
import io.bsr.config.syntax.Item;
import io.bsr.config.syntax.Token;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads {@code proxy} sections: options, plugin lines, and where the accelerators are. */
final class ProxyReader {
    private static final Set<String> ADDRESSES = Set.of("inside", "outside", "public-inside", "public-outside");

    private final Reading reading;
    private final List<Setting> settings = new ArrayList<>();
    private final List<List<String>> plugins = new ArrayList<>();

    ProxyReader(Reading reading) {
        this.reading = reading;
    }

    Settings settings() {
        return new Settings(settings);
    }

    List<List<String>> plugins() {
        return plugins;
    }

    /** {@code { memlimit 100M; plugin { zlib level 9; } }}. */
    void options(List<Item> items) {
        List<Item> plain = new ArrayList<>();
        for (Item item : items) {
            if (item instanceof Item.Section section && section.first().isWord("plugin")) {
                reading.each(section.items(), "plugin", Set.of(), this::plugin);
            } else {
                plain.add(item);
            }
        }
        settings.addAll(new OptionsReader(reading)
                .read(plain, "proxy", OptionGroup.PROXY)
                .list());
    }

    private void plugin(Words words) {
        List<String> line = new ArrayList<>();
        while (words.hasNext()) {
            Token word = words.value("plugin");
            if (word == null) {
                return;
            }
            line.add(word.value());
        }
        if (words.end()) {
            plugins.add(line);
        }
    }

    /** {@code on NAME… { inside A; outside A; options { … } }}, the word proxy has been taken. */
    static @Nullable DeclaredProxy on(Reading reading, Words words, Location at) {
        if (!words.take("on")) {
            words.expected(List.of("'on'"));
            return null;
        }
        List<String> hosts = new ArrayList<>();
        do {
            Token name = words.name("a host name");
            if (name == null) {
                return null;
            }
            hosts.add(name.value());
        } while (words.hasNext());
        List<Item> items = words.block();
        if (items == null) {
            return null;
        }
        ProxyReader options = new ProxyReader(reading);
        Map<String, Address> addresses = new HashMap<>();
        String key = at.toString();
        reading.each(items, "proxy", Set.of(), inner -> {
            Token keyword = inner.next();
            if (keyword.isWord("options")) {
                List<Item> block = inner.block();
                if (block != null) {
                    options.options(block);
                }
            } else if (ADDRESSES.contains(keyword.value())) {
                Address address = AddressReader.read(inner);
                if (address != null && inner.end()) {
                    reading.unique(keyword.value(), key + keyword.value(), "", keyword);
                    addresses.put(keyword.value(), address);
                }
            } else {
                inner.unknown(
                        DiagnosticCode.UNKNOWN_STATEMENT,
                        keyword.shown() + " cannot stand in 'proxy on'",
                        List.of("inside", "outside", "public-inside", "public-outside", "options"));
            }
        });
        return new DeclaredProxy(
                hosts,
                addresses.get("inside"),
                addresses.get("outside"),
                addresses.get("public-inside"),
                addresses.get("public-outside"),
                options.settings(),
                options.plugins(),
                at);
    }
}
