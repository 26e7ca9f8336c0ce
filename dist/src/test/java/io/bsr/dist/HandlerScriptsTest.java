package io.bsr.dist;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What holds for all handlers, and the mails. */
class HandlerScriptsTest {
    private static final Pattern CONFIGURED =
            Pattern.compile("^ *# ([a-z-]+) \"" + HandlerRun.PLACE + "([^ \"]+)[^\"]*\";$", Pattern.MULTILINE);

    @TempDir
    private Path folder = Path.of("/");

    @Test
    void shellcheck_finds_nothing() throws Exception {
        Host.need("shellcheck");
        Set<Path> scripts = new TreeSet<>(HandlerRun.scripts().values());
        for (String name : List.of("bsr", "init", "make-caches")) {
            scripts.add(Host.SOURCES.resolve("dist/src/package/service").resolve(name));
        }
        List<String> words = new ArrayList<>(List.of("shellcheck"));
        scripts.forEach(script -> words.add(script.toString()));

        assertEquals("", Host.run(words).must().text());
    }

    @Test
    void handlers_that_take_options_explain_themselves() throws Exception {
        HandlerRun handlers = new HandlerRun(folder);
        for (String name : HandlerRun.scripts().keySet()) {
            if (!name.startsWith("notify")) {
                String help = handlers.run(name, "--help").must().text();

                assertTrue(help.startsWith("usage: ") && help.contains("\nExit codes"), name + ": " + help);
                assertFalse(help.contains("name="), name + ": " + help);
            }
        }
    }

    @Test
    void what_the_shipped_configuration_suggests_is_installed() throws Exception {
        String text = Files.readString(Host.SOURCES.resolve("dist/src/package/etc/global_common.conf"));

        Set<String> suggested = new TreeSet<>();
        for (Matcher matcher = CONFIGURED.matcher(text); matcher.find(); ) {
            suggested.add(matcher.group(2));
        }

        assertTrue(
                suggested.containsAll(List.of("notify-split-brain.sh", "crm-fence-peer.sh", "outdate-peer.sh")),
                suggested.toString());
        suggested.removeAll(HandlerRun.scripts().keySet());
        assertEquals(Set.of(), suggested);
    }

    @Test
    void every_event_is_mailed_also_where_nobody_says_who_the_peer_is() throws Exception {
        HandlerRun handlers = new HandlerRun(folder);
        handlers.tool("mail", "cat >mail\n");
        handlers.with("BSR_RESOURCE", "r0").with("BSR_VOLUME", "0 1").with("BSR_LL_DISK", "/dev/vdb none");
        Set<String> events = Stream.of(
                        "split-brain",
                        "io-error",
                        "pri-on-incon-degr",
                        "pri-lost",
                        "pri-lost-after-sb",
                        "emergency-reboot",
                        "emergency-shutdown",
                        "out-of-sync",
                        "quorum-lost")
                .map(event -> "notify-" + event + ".sh")
                .collect(Collectors.toSet());
        Set<String> installed = new TreeSet<>(HandlerRun.scripts().keySet());
        installed.removeIf(name -> !name.startsWith("notify-"));
        assertEquals(new TreeSet<>(events), installed);

        for (String event : events) {
            handlers.run(event, "operator").must();

            String call = String.join("\n", handlers.calls("mail"));
            assertTrue(call.contains("resource r0") && call.endsWith(" operator"), event + ": " + call);
            String mail = handlers.read("mail");
            assertTrue(mail.contains("Resource:        r0\nPeer:            -\n"), mail);
            assertTrue(mail.contains("Backing disks:   /dev/vdb none"), mail);
        }
    }

    @Test
    void a_mail_names_the_peer_that_the_event_is_about() throws Exception {
        HandlerRun handlers = new HandlerRun(folder);
        handlers.tool("mail", "cat >mail\n");
        handlers.with("BSR_RESOURCE", "r0").with("BSR_PEER_NODE_ID", "2").with("BSR_NODE_ID_2", "gamma");

        handlers.run("notify-split-brain.sh").must();

        assertTrue(handlers.read("mail").contains("Peer:            gamma\n"));
        assertTrue(handlers.calls("mail").getFirst().endsWith(" root"));
    }

    @Test
    void a_mail_that_cannot_be_sent_is_told() throws Exception {
        HandlerRun handlers = new HandlerRun(folder);
        assertEquals(1, handlers.run("notify-split-brain.sh").code(), "no resource");
        handlers.with("BSR_RESOURCE", "r0").tool("mail", "exit 3\n");

        assertEquals(3, handlers.run("notify-split-brain.sh").code());
        assertEquals(1, handlers.run("notify.sh").code(), "no event");
    }
}
