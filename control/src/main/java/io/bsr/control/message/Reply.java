package io.bsr.control.message;

import io.bsr.base.error.ErrorCode;
import io.bsr.base.error.Outcome;
import io.bsr.control.event.StateEvent;
import io.bsr.control.json.Json;
import io.bsr.control.json.JsonText;
import io.bsr.control.json.MalformedJsonException;
import io.bsr.control.json.RecordCodec;
import io.bsr.control.json.RecordCodec.Unknown;
import io.bsr.control.status.Answer;
import io.bsr.control.status.Result;
import java.util.LinkedHashMap;
import java.util.Map;

/** A line that the engine sends: an event, or the end of a command. */
public sealed interface Reply {
    /** Of the request. */
    long id();

    /** The command has ended. */
    record Ended(long id, Answer answer) implements Reply {}

    /** One of many lines. */
    record Happened(long id, StateEvent event) implements Reply {}

    default byte[] encode() {
        Map<String, Json> members = new LinkedHashMap<>();
        members.put("id", new Json.Whole(id()));
        switch (this) {
            case Happened happened -> members.put("event", RecordCodec.write(happened.event()));
            case Ended ended -> {
                Outcome outcome = ended.answer().outcome();
                members.put("code", new Json.Whole(outcome.code().number()));
                members.put("text", new Json.Text(outcome.code().text()));
                members.put("detail", new Json.Text(outcome.detail()));
                members.put(
                        "result", RecordCodec.writeTyped((Record) ended.answer().result()));
            }
        }
        return JsonText.write(new Json.Members(members));
    }

    /** Reads a line; members that are not known are ignored. */
    static Reply decode(byte[] line) throws MalformedJsonException {
        Map<String, Json> members = Envelope.members(JsonText.read(line));
        long id = Envelope.number(members, "id", 0, 0, Long.MAX_VALUE);
        Json event = members.get("event");
        if (event != null) {
            return new Happened(id, RecordCodec.read(event, StateEvent.class, Unknown.IGNORED));
        }
        long number = Envelope.number(members, "code", Long.MIN_VALUE, Integer.MIN_VALUE, Integer.MAX_VALUE);
        if (number == Long.MIN_VALUE) {
            throw new MalformedJsonException("a line has neither an event nor a code");
        }
        String detail = Envelope.text(members, "detail");
        ErrorCode code = ErrorCode.ofNumber((int) number);
        if (code == null) {
            code = ErrorCode.INVALID_REQUEST;
            detail = "(" + number + ") " + Envelope.text(members, "text") + (detail.isEmpty() ? "" : ": " + detail);
        }
        Json result = members.getOrDefault("result", RecordCodec.writeTyped(Result.Nothing.NOTHING));
        return new Ended(
                id, new Answer(new Outcome(code, detail), RecordCodec.read(result, Result.class, Unknown.IGNORED)));
    }
}
