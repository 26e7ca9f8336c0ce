package io.bsr.config.dump;

import io.bsr.config.declared.OptionSections;
import io.bsr.config.option.Settings;
import java.util.List;

/** The option sections of common and of a resource. */
final class SectionsDump {
    private final Page page;

    SectionsDump(Page page) {
        this.page = page;
    }

    void print(OptionSections options) {
        page.settings("options", List.of(options.resource(), options.node()));
        page.settings("net", List.of(options.net()));
        page.settings("disk", List.of(options.disk(), options.peerDevice()));
        page.settings("startup", List.of(options.startup()));
        proxy("proxy", options.proxy(), options.proxyPlugins());
        page.settings("handlers", List.of(options.handlers()));
    }

    void proxy(String head, Settings settings, List<List<String>> plugins) {
        if (settings.isEmpty() && plugins.isEmpty()) {
            return;
        }
        page.open(head);
        settings.list().forEach(page::setting);
        if (!plugins.isEmpty()) {
            page.open("plugin");
            plugins.forEach(line -> page.line(
                    String.join(" ", line.stream().map(DumpText::value).toList()) + ";"));
            page.close();
        }
        page.close();
    }
}
