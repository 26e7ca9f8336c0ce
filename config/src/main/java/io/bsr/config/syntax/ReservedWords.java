package io.bsr.config.syntax;

import java.util.Set;

/** The words that cannot be names without quotes; configuration-language reference, section 2. */
public final class ReservedWords {
    private static final Set<String> WORDS = Set.of("""
            global common resource skip include on on-windows on-linux floating floating-on-windows floating-on-linux
            stacked-on-top-of _this_host _remote_host _peer_node_id _peer_node_name _peer_node_group _is_standalone net
            disk syncer startup handlers proxy options connection connection-mesh path volume host hosts group groups
            device minor meta-disk flexible-meta-disk node-id node-name address public-address port via inside outside
            public-inside public-outside template-file minor-count dialog-refresh disable-ip-verification
            udev-always-use-vnr cmd-timeout-short cmd-timeout-medium cmd-timeout-long hostname usage-count yes no ask
            ipv4 ipv6 sdp ssocks sci""".split("\\s+"));

    private ReservedWords() {}

    public static boolean contains(String word) {
        return WORDS.contains(word);
    }
}
