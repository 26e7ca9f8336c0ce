package canary;

import java.util.ArrayList;
import java.util.List;

/** Uses a raw type. */
final class Canary {
    private Canary() {}

    static List<String> songs() {
        List<String> songs = new ArrayList();
        return songs;
    }
}
