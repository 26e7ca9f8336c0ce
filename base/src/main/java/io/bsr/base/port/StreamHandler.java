package io.bsr.base.port;

import java.nio.ByteBuffer;

/** What a {@link Stream} calls. Every method is called on the loop of the stream. */
public interface StreamHandler {
    /**
     * Input has arrived. Consume whole units by moving the position of {@code in} (big-endian); what is left is offered
     * again together with more. Not called while reading is paused or a payload is being received.
     */
    void received(ByteBuffer in);

    /** The payload that {@code receiveInto} or {@code skipInput} asked for is complete. */
    void payloadReceived();

    /** Output that had piled up has been taken by the network: {@code unsentBytes} is 0 again. */
    void drained();

    /**
     * The stream ended; called at most once, and not after {@code close()}.
     *
     * @param reason {@code "end of stream"} if the other side closed it, else what went wrong
     */
    void closed(String reason);
}
