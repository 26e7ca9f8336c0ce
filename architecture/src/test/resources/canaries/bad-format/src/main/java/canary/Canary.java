package canary;

/** Compiles, but looks bad. */
final class Canary   {
  private Canary( ) { }
}
