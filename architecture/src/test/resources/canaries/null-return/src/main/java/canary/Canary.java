package canary;

/** Returns null where the type promises an object. */
final class Canary {
    private Canary() {}

    static String song() {
        return null;
    }
}
