package io.bsr.frontend.nbd;

import java.util.List;

/** Which volumes a server offers. Asked on the loop of the server; answers at once. */
public interface ExportDirectory {
    /** The export that a client asks for by {@code name}; the empty name asks for the default export. */
    Lookup find(String name);

    /** What {@code LIST} shows, in this order. */
    List<Export> exports();

    /** The answer of {@link #find}. */
    sealed interface Lookup {}

    /** There it is. Whether it can be used now is the volume's answer to {@code open}. */
    record Found(Export export) implements Lookup {}

    /** There is no such export; {@code reason} in words. */
    record Unknown(String reason) implements Lookup {}

    /** There is one, but this client may not have it here and now; {@code reason} in words. */
    record Refused(String reason) implements Lookup {}
}
