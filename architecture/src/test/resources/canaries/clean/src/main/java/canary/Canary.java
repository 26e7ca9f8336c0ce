package canary;

/** Nothing is wrong here. */
final class Canary {
    private Canary() {}

    static String song() {
        return "tweet";
    }
}
