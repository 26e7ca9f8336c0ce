package io.bsr.config.declared;

import java.util.List;

/**
 * What all files together say, before anything is inherited or implied.
 *
 * @param file the file the reading began with
 * @param global the defaults if there is no such section
 * @param hasGlobal whether there is a global section
 * @param common empty if there is no such section
 * @param hasCommon whether there is a common section
 * @param resources in the order of the files
 */
public record DeclaredConfiguration(
        String file,
        GlobalOptions global,
        boolean hasGlobal,
        OptionSections common,
        boolean hasCommon,
        List<DeclaredResource> resources) {
    public DeclaredConfiguration {
        resources = List.copyOf(resources);
    }
}
