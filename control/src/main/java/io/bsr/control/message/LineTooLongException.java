package io.bsr.control.message;

import java.io.IOException;

/** More bytes came without a line feed than a line may have. */
public final class LineTooLongException extends IOException {
    private static final long serialVersionUID = 1L;

    public LineTooLongException(int limit) {
        super("a line has more than " + limit + " bytes");
    }
}
