package io.bsr.dist;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The service script, under a plain shell, in a root of its own and with tools that only take notes. */
class ServiceScriptTest {
    private static final String SCRIPT =
            Host.SOURCES.resolve("dist/src/package/service/bsr").toString();

    @TempDir
    private Path folder = Path.of("/");

    @BeforeEach
    void prepare() throws Exception {
        Host.need("dash");
        assumeFalse(Files.exists(Path.of("/usr/sbin/bsradm")), "the product is installed here");
        Files.createDirectories(folder.resolve("bin"));
        Files.createDirectories(folder.resolve("root/etc/default"));
        Files.createDirectories(folder.resolve("root/run/bsr"));
        tool("bsradm", """
                case $1 in
                    sh-nop) [ ! -e wrong ] ;;
                    sh-resources) printf 'r0\\nr1\\nr2\\n' ;;
                    sh-node-option)
                        [ ! -e "fail-$4" ] || { n=$(cat "fail-$4"); [ $n -gt 0 ] && echo $((n - 1)) >"fail-$4" && exit 10; }
                        cat "$3-$4" 2>/dev/null || echo NULL ;;
                    sh-minor) echo "${2#r}" ;;
                    sh-dev) echo "/dev/bsr${2#r}" ;;
                    adjust-with-progress) [ ! -e adjust ] || exit $(cat adjust) ;;
                esac
                """);
        tool("bsrsetup", """
                case $1 in
                    status) [ -e running ] && for r in r0 r1 r2 gone; do [ ! -e up-$r ] || echo "$r role:Secondary"; done
                            [ -e running ] ;;
                    down) rm up-$2 ;;
                esac
                """);
        tool("bsrd", ">running\n");
        tool("sleep", "exit 0\n");
        tool("umount", "exit 0\n");
    }

    /** A program that writes down how it is called, then does what it is for. */
    private void tool(String name, String lines) throws IOException {
        Path file = folder.resolve("bin").resolve(name);
        Files.writeString(file, "#!/bin/sh\ncd '" + folder + "'\necho \"" + name + " $*\" >>calls\n" + lines);
        assertTrue(file.toFile().setExecutable(true));
    }

    private void state(String name, String text) throws IOException {
        Files.createDirectories(folder.resolve(name).getParent());
        Files.writeString(folder.resolve(name), text);
    }

    private Host.Said service(String word) throws IOException, InterruptedException {
        String path = folder.resolve("bin") + ":" + System.getenv().getOrDefault("PATH", "/usr/bin:/bin");
        return Host.run(
                List.of("dash", SCRIPT, word),
                Map.of("PATH", path, "BSR_ROOT", folder.resolve("root").toString()));
    }

    private List<String> calls(String words) throws IOException {
        Path calls = folder.resolve("calls");
        return Files.exists(calls)
                ? Files.readAllLines(calls).stream()
                        .filter(line -> line.startsWith(words))
                        .toList()
                : List.of();
    }

    @Test
    void a_start_checks_the_configuration_starts_the_engine_and_brings_up_what_is_wanted() throws Exception {
        state("svc_auto_up-r1", "no\n");
        state("root/etc/default/bsr", "hook_start() { echo started; }\n");

        Host.Said said = service("start");

        assertEquals(0, said.code(), said.text());
        assertEquals("started", said.text().strip());
        assertEquals(List.of("bsrd --quiet"), calls("bsrd"));
        assertEquals(List.of("bsradm adjust-with-progress r0 r2"), calls("bsradm adjust"));
        assertEquals(List.of(), calls("bsradm wait"), "a peer that is off keeps nobody from booting");
    }

    @Test
    void a_wrong_configuration_is_6_and_nothing_was_touched() throws Exception {
        state("wrong", "");

        assertEquals(6, service("start").code());

        assertEquals(List.of(), calls("bsrd "));
        assertEquals(List.of(), calls("bsradm adjust"));
    }

    @Test
    void a_missing_program_is_5_and_named() throws Exception {
        Files.delete(folder.resolve("bin/bsrd"));

        Host.Said said = service("start");

        assertEquals(5, said.code());
        assertTrue(said.text().contains("bsrd is not installed"), said.text());
    }

    @Test
    void an_option_that_cannot_be_read_at_once_is_asked_for_ten_times_more() throws Exception {
        state("svc_auto_up-r0", "no\n");
        state("fail-r0", "10");

        service("start");

        assertEquals(11, calls("bsradm sh-node-option -n svc_auto_up r0").size());
        assertEquals(List.of("bsradm adjust-with-progress r1 r2"), calls("bsradm adjust"));
    }

    @Test
    void a_resource_that_does_not_come_up_is_20() throws Exception {
        state("adjust", "10");

        assertEquals(20, service("start").code());
    }

    @Test
    void a_resource_of_a_kernel_module_is_not_started() throws Exception {
        state("root/proc/drbd", "version: 8.4.11\n 1: cs:Connected ro:Primary/Secondary\n");

        Host.Said said = service("start");

        assertEquals(1, said.code());
        assertTrue(said.text().contains("the kernel module drbd has minor 1 of the resource r1"), said.text());
        assertTrue(said.text().contains("drbdadm down r1"), said.text());
        assertEquals(List.of(), calls("bsrd "));
        assertEquals(List.of(), calls("bsradm adjust"));
    }

    @Test
    void a_kernel_module_with_other_resources_is_no_hindrance_and_that_of_bsr_is_one() throws Exception {
        state("root/proc/drbd", " 7: cs:Connected ro:Primary/Secondary\n");
        assertEquals(0, service("start").code());

        Files.createDirectories(folder.resolve("root/sys/module/bsr"));
        Files.createDirectories(folder.resolve("root/sys/kernel/debug/bsr/resources/r2"));

        assertTrue(service("start").text().contains("the kernel module bsr has the resource r2"));
    }

    @Test
    void a_stop_takes_down_what_is_not_to_stay() throws Exception {
        state("running", "");
        for (String up : List.of("up-r0", "up-r1", "up-r2", "up-gone")) {
            state(up, "");
        }
        state("svc_auto_down-r1", "no\n");
        state("root/etc/default/bsr", "hook_stop() { echo stopped; }\n");

        Host.Said said = service("stop");

        assertEquals(0, said.code(), said.text());
        assertEquals("stopped", said.text().strip());
        assertEquals(List.of("bsrsetup down r0", "bsrsetup down r2", "bsrsetup down gone"), calls("bsrsetup down"));
    }

    @Test
    void a_stop_unmounts_what_is_mounted_from_the_device_that_a_link_leads_to() throws Exception {
        Host.need("losetup", "mkfs.ext4", "mount");
        assumeTrue(Files.isWritable(Path.of("/dev/loop-control")), "loop devices may not be used here");
        state("running", "");
        state("up-r0", "");
        Path disk = folder.resolve("disk");
        Host.bash("truncate -s 16M '" + disk + "' && mkfs.ext4 -q '" + disk + "'")
                .must();
        Host.Said loop = Host.run(List.of("losetup", "--find", "--show", disk.toString()));
        assumeTrue(loop.code() == 0, loop.text());
        Path device = Path.of(loop.text().strip());
        try {
            Path link = Files.createDirectories(folder.resolve("root/dev")).resolve("bsr0");
            Files.createSymbolicLink(link, device);
            Path place = Files.createDirectory(folder.resolve("a b"));
            Host.Said mounted = Host.run(List.of("mount", link.toString(), place.toString()));
            assumeTrue(mounted.code() == 0, mounted.text());

            Host.Said said = service("stop");

            assertEquals(0, said.code(), said.text());
            assertEquals(List.of("umount " + place), calls("umount"));
        } finally {
            Host.bash("umount '" + folder.resolve("a b") + "'; losetup -d " + device);
        }
    }

    @Test
    void a_removal_is_refused_while_a_resource_is_up_that_a_stop_leaves_up() throws Exception {
        state("running", "");
        state("up-r0", "");
        state("up-r1", "");
        state("svc_auto_down-r1", "no\n");

        Host.Said said = service("removal");

        assertEquals(1, said.code(), said.text());
        assertTrue(said.text().contains("r1"), said.text());
        assertEquals(List.of("bsrsetup down r0"), calls("bsrsetup down"));
        Files.delete(folder.resolve("up-r1"));
        assertEquals(0, service("removal").code());
    }

    @Test
    void an_engine_that_does_not_answer_is_not_taken_for_none() throws Exception {
        Path lock = folder.resolve("root/run/bsr/bsrd.lock");
        state("root/run/bsr/bsrd.lock", ProcessHandle.current().pid() + "\n");
        assertEquals(0, service("stop").code(), "a dead engine has left its number");

        try (FileChannel engine = FileChannel.open(lock, StandardOpenOption.WRITE)) {
            engine.lock();
            Host.Said said = service("stop");

            assertEquals(1, said.code());
            assertTrue(said.text().contains("does not answer"), said.text());
        }
    }

    /** A process with more capabilities may not be looked at without that for it. */
    @Test
    void with_the_capabilities_of_the_unit_it_is_seen_what_a_process_has_open() throws Exception {
        Host.need("setpriv", "readlink");
        assumeTrue("root".equals(System.getProperty("user.name")), "capabilities are taken away by root only");
        String unit = Files.readString(Host.SOURCES.resolve("dist/src/package/service/bsrd.service"));
        String bounds = unit.lines()
                .filter(line -> line.startsWith("CapabilityBoundingSet="))
                .flatMap(line -> Stream.of(line.split("=", 2)[1].split(" ", -1)))
                .map(name -> ",+" + name.replaceFirst("CAP_", "").toLowerCase(Locale.ROOT))
                .collect(Collectors.joining("", "-all", ""));
        String file = "/proc/" + ProcessHandle.current().pid() + "/fd/0";

        Host.run(List.of("setpriv", "--bounding-set", bounds, "readlink", file)).must();
        String without = bounds.replace(",+sys_ptrace", "");
        assertNotEquals(
                0,
                Host.run(List.of("setpriv", "--bounding-set", without, "readlink", file))
                        .code());
    }

    @Test
    void a_function_that_only_bash_understands_is_called_by_bash() throws Exception {
        Host.need("bash");
        state("root/etc/default/bsr", "hook_start_before-wait() { echo before; }\nhook_start() { echo after; }\n");

        Host.Said said = service("start");

        assertEquals(0, said.code(), said.text());
        assertEquals("before\nafter", said.text().strip());
    }

    @Test
    void a_reload_adjusts_everything_and_a_status_without_an_engine_is_3() throws Exception {
        assertEquals(3, service("status").code());
        state("running", "");
        state("root/etc/default/bsr", "hook_reload() { echo reloaded; }\n");

        Host.Said said = service("reload");

        assertEquals("reloaded", said.must().text().strip());
        assertEquals(List.of("bsradm adjust all"), calls("bsradm adjust"));
        assertEquals(0, service("status").code());
        assertEquals(1, service("frobnicate").code());
        assertFalse(calls("bsrsetup status").isEmpty());
    }
}
