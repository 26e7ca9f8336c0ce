package io.bsr.control;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/**
 * Which bsr this is.
 *
 * @param build revision of the sources, {@code "unknown"} if the build was not told
 */
public record ProductVersion(String version, String build) {
    public static final String NAME = "bsr in Java";

    /** As the build has recorded it beside this class. */
    public static ProductVersion ofBuild() {
        Properties properties = new Properties();
        try (InputStream in = ProductVersion.class.getResourceAsStream("build.properties")) {
            if (in != null) {
                properties.load(in);
            }
        } catch (IOException e) {
            return new ProductVersion("unknown", "unknown");
        }
        return new ProductVersion(
                properties.getProperty("version", "unknown"), properties.getProperty("build", "unknown"));
    }
}
