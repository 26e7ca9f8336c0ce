package io.bsr.config;

import io.bsr.config.declared.DeclaredConfiguration;
import io.bsr.config.declared.GlobalOptions;
import io.bsr.config.diagnostic.ConfigException;
import io.bsr.config.diagnostic.Diagnostics;
import io.bsr.config.model.Expansion;
import io.bsr.config.model.NodeIdentity;
import io.bsr.config.model.NodeView;
import io.bsr.config.model.Resource;
import io.bsr.config.model.Views;
import java.util.List;
import java.util.Optional;

/**
 * A whole configuration.
 *
 * @param declared what the files say
 * @param resources what it means; of a group of hosts the first member (or the node it was read for) stands for all
 */
public record Configuration(DeclaredConfiguration declared, List<Resource> resources) {
    public Configuration {
        resources = List.copyOf(resources);
    }

    public GlobalOptions global() {
        return declared.global();
    }

    public Optional<Resource> resource(String name) {
        return resources.stream()
                .filter(resource -> resource.name().equals(name))
                .findFirst();
    }

    /**
     * The configuration as a node sees it.
     *
     * @throws ConfigException if it makes no sense for that node
     */
    public NodeView viewOf(NodeIdentity node) throws ConfigException {
        Diagnostics diagnostics = new Diagnostics();
        NodeView view = viewOf(node, diagnostics);
        if (diagnostics.hasErrors()) {
            throw new ConfigException(diagnostics.list());
        }
        return view;
    }

    NodeView viewOf(NodeIdentity node, Diagnostics diagnostics) {
        List<Resource> forNode = Expansion.expand(declared, node, diagnostics);
        return Views.of(forNode, node, global().disableIpVerification(), diagnostics);
    }
}
