package io.bsr.engine.log;

import io.bsr.base.log.LogCategory;
import org.slf4j.Marker;
import org.slf4j.helpers.BasicMarkerFactory;

/** How a detail carries its category to where it is decided whether it is logged. */
public final class Details {
    private static final BasicMarkerFactory MARKERS = new BasicMarkerFactory();

    private Details() {}

    public static Marker of(LogCategory category) {
        return MARKERS.getMarker(category.name());
    }
}
