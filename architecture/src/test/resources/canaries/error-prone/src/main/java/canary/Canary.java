package canary;

/** Compares an array by identity through equals. */
final class Canary {
    private Canary() {}

    static boolean same(byte[] left, byte[] right) {
        return left.equals(right);
    }
}
