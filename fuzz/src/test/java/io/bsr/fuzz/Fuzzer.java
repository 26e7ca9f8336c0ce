package io.bsr.fuzz;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Runs Jazzer in a process of its own.
 *
 * @param folder takes the corpus, and the input of a finding
 */
record Fuzzer(Path folder) {
    private static final Pattern EXECUTED = Pattern.compile("stat::number_of_executed_units:\\s*(\\d+)");
    private static final long MINUTES = 60;

    /**
     * How it went.
     *
     * @param code 0, or libFuzzer's code of a finding
     * @param inputs how many were tried
     */
    record Said(int code, long inputs, String output) {}

    /**
     * Tries inputs.
     *
     * @param target has {@code public static void fuzzerTestOneInput(byte[])} and {@code public static List<byte[]> seeds()}
     * @param limit such as {@code -runs=1000} or {@code -max_total_time=60}
     * @param seed of the search; 0 for another one each time
     */
    Said run(Class<?> target, String limit, int seed, int longestInput) throws IOException, InterruptedException {
        Path corpus = Files.createDirectories(folder.resolve("corpus"));
        int number = 0;
        for (byte[] input : seeds(target)) {
            Files.write(corpus.resolve("seed-" + number++), input);
        }
        Path output = folder.resolve("output");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx1g",
                        "-XX:+UseSerialGC",
                        "-ea",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "com.code_intelligence.jazzer.Jazzer",
                        "--target_class=" + target.getName(),
                        "--instrumentation_includes=io.bsr.**",
                        "--reproducer_path=" + folder,
                        "-artifact_prefix=" + folder + "/",
                        "-print_final_stats=1",
                        "-timeout=20",
                        "-seed=" + seed,
                        "-max_len=" + longestInput,
                        limit,
                        corpus.toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
            process.destroyForcibly().waitFor();
            throw new AssertionError("Jazzer hangs:\n" + Files.readString(output));
        }
        String said = Files.readString(output);
        Matcher executed = EXECUTED.matcher(said);
        return new Said(process.exitValue(), executed.find() ? Long.parseLong(executed.group(1)) : 0, said);
    }

    @SuppressWarnings("unchecked") // The contract of a target, see above.
    private static List<byte[]> seeds(Class<?> target) {
        try {
            return (List<byte[]>) target.getMethod("seeds").invoke(null);
        } catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException e) {
            throw new LinkageError(target + " has no seeds", e);
        }
    }
}
