package io.bsr.engine.host;

import io.bsr.frontend.nbd.Export;
import io.bsr.frontend.nbd.ExportDirectory;
import java.util.List;

/** The exports of one loop; asked for one of another loop, it says where that is. */
final class LoopExports implements ExportDirectory {
    private final ExportDirectory own;
    private final ExportDirectory others;

    LoopExports(ExportDirectory own, ExportDirectory others) {
        this.own = own;
        this.others = others;
    }

    @Override
    public Lookup find(String name) {
        return switch (own.find(name)) {
            case Found found -> found;
            case Refused refused -> refused;
            case Unknown unknown -> others.find(name) instanceof Refused elsewhere ? elsewhere : unknown;
        };
    }

    @Override
    public List<Export> exports() {
        return own.exports();
    }
}
