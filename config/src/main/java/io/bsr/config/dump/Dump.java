package io.bsr.config.dump;

import io.bsr.config.Configuration;
import io.bsr.config.declared.GlobalOptions;
import io.bsr.config.declared.OptionSections;
import io.bsr.config.model.NodeIdentity;
import io.bsr.config.model.Resource;
import java.util.List;

/** Prints configurations in their own language; command-line reference, section 2.8. */
public final class Dump {
    private final Configuration configuration;
    private final NodeIdentity node;
    private final DumpStyle style;
    private final Page page = new Page();

    private Dump(Configuration configuration, NodeIdentity node, DumpStyle style) {
        this.configuration = configuration;
        this.node = node;
        this.style = style;
    }

    /** The whole configuration: file name, global, common, every resource, with a blank line behind each. */
    public static String all(Configuration configuration, NodeIdentity node, DumpStyle style) {
        Dump dump = new Dump(configuration, node, style);
        dump.page.line("# " + configuration.declared().file());
        dump.global();
        dump.common();
        configuration.resources().forEach(dump::resource);
        return dump.page.toString();
    }

    /** Some resources, with a blank line behind each. */
    public static String resources(
            Configuration configuration, List<Resource> resources, NodeIdentity node, DumpStyle style) {
        Dump dump = new Dump(configuration, node, style);
        resources.forEach(dump::resource);
        return dump.page.toString();
    }

    private void global() {
        GlobalOptions global = configuration.global();
        if (!configuration.declared().hasGlobal()) {
            return;
        }
        page.open("global");
        if (global.disableIpVerification()) {
            page.line("disable-ip-verification;");
        }
        if (global.minorCount() != GlobalOptions.DEFAULTS.minorCount()) {
            page.line("minor-count " + global.minorCount() + ";");
        }
        if (global.dialogRefresh() != GlobalOptions.DEFAULTS.dialogRefresh()) {
            page.line("dialog-refresh " + global.dialogRefresh() + ";");
        }
        if (!global.usageCount().equals(GlobalOptions.DEFAULTS.usageCount())) {
            page.line("usage-count " + global.usageCount() + ";");
        }
        if (!global.hostname().isEmpty()) {
            page.line("hostname " + DumpText.name(global.hostname()) + ";");
        }
        page.close();
        page.blank();
    }

    private void common() {
        OptionSections common = configuration.declared().common();
        if (!configuration.declared().hasCommon()) {
            return;
        }
        page.open("common");
        new SectionsDump(page).print(common);
        page.close();
        page.blank();
    }

    private void resource(Resource resource) {
        boolean ours = resource.hosts().stream().anyMatch(node::is);
        page.line("# resource " + DumpText.name(resource.name()) + " on " + node.name() + ": "
                + (ours ? "not ignored" : "ignored") + ", not stacked");
        page.line("# defined at " + resource.at().fileAndLine());
        page.open("resource " + DumpText.name(resource.name()));
        new ResourceDump(page, resource, node, style).print();
        page.close();
        page.blank();
    }
}
