package io.bsr.config.model;

import io.bsr.config.declared.DeclaredConfiguration;
import io.bsr.config.declared.DeclaredResource;
import io.bsr.config.declared.OptionSections;
import io.bsr.config.diagnostic.DiagnosticCode;
import io.bsr.config.diagnostic.Diagnostics;
import io.bsr.config.option.Setting;
import io.bsr.config.option.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Applies inheritance and implication to what the files say; configuration-language reference, sections 8.2 and 10. The
 * order of the steps is part of the language: it decides what is ambiguous and how command lines are ordered.
 */
public final class Expansion {
    private final DeclaredConfiguration declared;
    private final Diagnostics diagnostics;
    private final @Nullable NodeIdentity node;

    private Expansion(DeclaredConfiguration declared, @Nullable NodeIdentity node, Diagnostics diagnostics) {
        this.declared = declared;
        this.node = node;
        this.diagnostics = diagnostics;
    }

    /**
     * All resources that can be made sense of, in the order of the files.
     *
     * @param node which member of a group of hosts counts; null takes the first of each group
     */
    public static List<Resource> expand(
            DeclaredConfiguration declared, @Nullable NodeIdentity node, Diagnostics diagnostics) {
        return new Expansion(declared, node, diagnostics).run();
    }

    private List<Resource> run() {
        List<Resource> resources = new ArrayList<>();
        for (DeclaredResource resource : declared.resources()) {
            // What is missing from a misread section may stand in the part that could not be read.
            if (!resource.broken()) {
                Resource expanded = expand(resource);
                if (expanded != null) {
                    resources.add(expanded);
                }
            }
        }
        new Uniqueness(diagnostics).check(resources, declared.global().disableIpVerification());
        return resources;
    }

    private @Nullable Resource expand(DeclaredResource resource) {
        int before = diagnostics.errorCount();
        Inheritance inheritance = new Inheritance(resource.name(), diagnostics);
        DeclaredResource.Template template = resource.template();
        OptionSections outer = template == null ? declared.common() : template.options();
        OptionSections options = inherited(inheritance, resource.options(), outer);
        Hosts hosts = new Hosts(resource, options, inheritance, diagnostics);
        List<Host> expanded = hosts.expand();
        if (diagnostics.errorCount() > before) {
            return null;
        }
        List<Connection> connections = new Connections(
                        resource,
                        options,
                        expanded,
                        inheritance,
                        node,
                        declared.global().disableIpVerification(),
                        diagnostics)
                .expand();
        return new Resource(resource.name(), resource.at(), options, expanded, connections, resource);
    }

    private static OptionSections inherited(Inheritance inheritance, OptionSections own, OptionSections outer) {
        return new OptionSections(
                inheritance.merge(own.net(), outer.net()),
                inheritance.merge(own.disk(), outer.disk()),
                inheritance.merge(own.peerDevice(), outer.peerDevice()),
                inheritance.merge(own.resource(), outer.resource()),
                inheritance.merge(own.node(), outer.node()),
                inheritance.merge(own.startup(), outer.startup()),
                inheritance.merge(own.handlers(), outer.handlers()),
                inheritance.merge(own.proxy(), outer.proxy()),
                OptionSections.inheritedPlugins(own.proxyPlugins(), outer.proxyPlugins()));
    }

    /** Inheritance within one resource: says where it is ambiguous, once per option. */
    static final class Inheritance {
        private final String resource;
        private final Diagnostics diagnostics;
        private final List<String> reported = new ArrayList<>();

        Inheritance(String resource, Diagnostics diagnostics) {
            this.resource = resource;
            this.diagnostics = diagnostics;
        }

        /** The own settings after those that come from outside, section by section from the inside to the outside. */
        Settings merge(Settings own, Settings... outer) {
            return Stream.of(outer).reduce(own, (inner, more) -> inner.inherit(more, this::ambiguous));
        }

        private void ambiguous(Setting here, Setting there) {
            String key = here.name() + here.at() + there.at();
            if (!reported.contains(key)) {
                reported.add(key);
                diagnostics.add(
                        DiagnosticCode.AMBIGUOUS_INHERITANCE,
                        here.at(),
                        "ambiguous inheritance in resource '" + resource + "': '" + here.name() + "' should be '"
                                + here.value() + "' and '" + there.value() + "' at the same time",
                        there.at(),
                        "the other value stands here");
            }
        }
    }
}
