package io.bsr.control.message;

import io.bsr.control.RandomRecords;
import io.bsr.control.command.Command;
import java.util.List;
import java.util.stream.LongStream;

/** A line of the control socket. */
public final class RequestTarget {
    private RequestTarget() {}

    /** What is accepted means the same after it was written again. */
    public static void fuzzerTestOneInput(byte[] input) throws UnacceptableRequestException {
        Request request;
        try {
            request = Request.decode(input);
        } catch (UnacceptableRequestException refused) {
            if (String.valueOf(refused.getMessage()).isEmpty()) {
                throw new AssertionError("refused without a reason", refused);
            }
            return;
        }
        Request again = Request.decode(request.encode());
        if (!again.equals(request)) {
            throw new AssertionError(request + " became " + again);
        }
    }

    public static List<byte[]> seeds() {
        return LongStream.range(0, 100)
                .mapToObj(seed -> new RandomRecords(seed).make(Command.class))
                .map(command -> new Request(1, 1000, command).encode())
                .toList();
    }
}
