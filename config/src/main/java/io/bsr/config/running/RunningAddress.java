package io.bsr.config.running;

import io.bsr.config.declared.Address;
import io.bsr.config.running.RunningResource.RunningPath;
import io.bsr.config.syntax.Item;
import io.bsr.config.syntax.Token;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the address pairs of shown connections: {@code _this_host ipv4 10.0.0.1:7788;}. */
final class RunningAddress {
    private RunningAddress() {}

    static @Nullable RunningPath path(List<Item> items) {
        @Nullable Address local = null;
        @Nullable Address remote = null;
        for (Item item : items) {
            if (item instanceof Item.Statement statement) {
                if (statement.first().isWord("_this_host")) {
                    local = address(statement.words());
                } else if (statement.first().isWord("_remote_host")) {
                    remote = address(statement.words());
                }
            }
        }
        return local == null || remote == null ? null : new RunningPath(local, remote);
    }

    /** The words are: keyword, family, address in brackets or not, colon, port. */
    private static @Nullable Address address(List<Token> words) {
        if (words.size() < 5) {
            return null;
        }
        String familyWord = words.get(1).value();
        Address.Family family = Arrays.stream(Address.Family.values())
                .filter(f -> f.word().equals(familyWord))
                .findFirst()
                .orElse(Address.Family.IPV4);
        int hostAt = family == Address.Family.IPV6 ? 3 : 2;
        String port = words.getLast().value();
        if (port.isEmpty() || port.length() > 5 || !port.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return null;
        }
        return new Address(family, words.get(hostAt).value(), Integer.parseInt(port));
    }
}
