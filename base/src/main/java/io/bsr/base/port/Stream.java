package io.bsr.base.port;

import io.bsr.base.memory.Buffer;
import java.nio.ByteBuffer;

/**
 * One connected byte stream (TCP or a Unix socket), full duplex.
 *
 * <p>Output is queued and leaves in one gathered send at the end of the loop's turn. Input is offered to the
 * {@link StreamHandler} in a staging buffer; long payloads go straight into a pooled buffer with {@link #receiveInto}.
 */
public interface Stream {
    /** A handler may rely on at least this many contiguous bytes of staged input before it must consume some. */
    int STAGED_INPUT_BYTES = 64 * 1024;

    /** Starts delivery to {@code handler}. Called once, at once by whoever got the stream. */
    void start(StreamHandler handler);

    /**
     * The output buffer, big-endian, positioned at the end of what is queued, with at least {@code bytes} remaining.
     * What the caller puts with relative puts before its next call on this stream is queued; nothing else is needed.
     *
     * @param bytes 1 … 65536
     */
    ByteBuffer output(int bytes);

    /** Queues {@code length} bytes of {@code payload} behind what was put so far. Retains the buffer until it is sent. */
    void send(Buffer payload, int offset, int length);

    /** Bytes queued but not yet taken by the network. */
    long unsentBytes();

    /** Bytes received since the stream began; for "has anything arrived meanwhile". */
    long receivedBytes();

    /**
     * The next {@code length} bytes of input go to {@code target} at {@code offset}; then {@code payloadReceived} is
     * called. May be called once in each {@code received} or {@code payloadReceived}, with the input position at the
     * first byte of the payload. The stream holds a reference to the target until then.
     */
    void receiveInto(Buffer target, int offset, int length);

    /** The next {@code length} bytes of input are thrown away; then {@code payloadReceived} is called. As receiveInto. */
    void skipInput(long length);

    /** No input is delivered after the current callback until {@link #resumeReading}. */
    void pauseReading();

    /** Delivery goes on, in a later turn of the loop, beginning with input that is staged already. */
    void resumeReading();

    /** Closes now: unsent output is dropped, {@code closed} is not called any more. Idempotent. */
    void close();

    /** Closes when everything queued has been sent, or after {@code timeoutNanos}; delivers no more input. */
    void closeAfterSending(long timeoutNanos);

    /** Where the other end is. */
    Endpoint remote();

    /** This end. */
    Endpoint local();
}
