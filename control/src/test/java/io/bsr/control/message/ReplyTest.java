package io.bsr.control.message;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.base.error.ErrorCode;
import io.bsr.base.error.Outcome;
import io.bsr.control.RandomRecords;
import io.bsr.control.event.StateEvent;
import io.bsr.control.json.MalformedJsonException;
import io.bsr.control.status.Answer;
import io.bsr.control.status.Result;
import io.bsr.control.status.StatusReport;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ReplyTest {
    @Test
    void an_answer_has_the_documented_form() {
        Reply reply = new Reply.Ended(7, Answer.of(Outcome.of(ErrorCode.NO_UP_TO_DATE_DISK, "why")));

        assertEquals(
                "{\"id\":7,\"code\":-2,\"text\":\"Need access to UpToDate data\",\"detail\":\"why\","
                        + "\"result\":{\"type\":\"nothing\"}}",
                new String(reply.encode(), UTF_8));
    }

    @Test
    void every_result_is_read_back_as_it_was_written() throws MalformedJsonException {
        RandomRecords records = new RandomRecords(1);
        for (int i = 0; i < 500; i++) {
            Reply reply = new Reply.Ended(i, Answer.of(records.make(Result.class)));

            assertEquals(reply, Reply.decode(reply.encode()));
        }
    }

    @Test
    void every_code_is_read_back_as_it_was_written() throws MalformedJsonException {
        for (ErrorCode code : ErrorCode.values()) {
            Reply reply = new Reply.Ended(1, Answer.of(Outcome.of(code, "détail")));

            assertEquals(reply, Reply.decode(reply.encode()));
        }
    }

    @Test
    void events_are_read_back_as_they_were_written() throws MalformedJsonException {
        RandomRecords records = new RandomRecords(4);
        for (int i = 0; i < 500; i++) {
            Reply reply = new Reply.Happened(i, records.make(StateEvent.class));

            Reply copy = Reply.decode(reply.encode());

            assertEquals(reply, copy);
            assertEquals(
                    List.copyOf(((Reply.Happened) reply).event().fields().keySet()),
                    List.copyOf(((Reply.Happened) copy).event().fields().keySet()),
                    "order of fields");
        }
    }

    @Test
    void what_a_newer_engine_adds_is_ignored() throws MalformedJsonException {
        String line = "{\"id\":1,\"code\":1,\"text\":\"Success\",\"mood\":5,\"result\":{\"type\":\"status-report\","
                + "\"node\":\"a\",\"edge\":\"e\",\"resources\":[],\"weather\":{\"a\":[1]}}}";

        Reply reply = Reply.decode(line.getBytes(UTF_8));

        Answer answer = assertInstanceOf(Reply.Ended.class, reply).answer();
        assertEquals(new StatusReport("a", "e", List.of()), answer.result());
    }

    @Test
    void a_code_that_is_not_known_here_is_told_by_its_text() throws MalformedJsonException {
        String line = "{\"id\":1,\"code\":199,\"text\":\"verify not running\",\"detail\":\"start it\"}";

        Reply.Ended reply = assertInstanceOf(Reply.Ended.class, Reply.decode(line.getBytes(UTF_8)));

        assertEquals(ErrorCode.INVALID_REQUEST, reply.answer().outcome().code());
        assertEquals(
                "(199) verify not running: start it", reply.answer().outcome().detail());
    }

    @Test
    void damaged_answers_are_read_or_refused_and_never_anything_else() {
        RandomRecords records = new RandomRecords(5);
        Random random = new Random(6);
        int refused = 0;
        for (int i = 0; i < 3_000; i++) {
            byte[] line = new Reply.Ended(1, Answer.of(records.make(Result.class))).encode();
            line[random.nextInt(line.length)] = (byte) random.nextInt();
            try {
                Reply.decode(line);
            } catch (MalformedJsonException e) {
                refused++;
            }
        }

        assertTrue(refused > 100, refused + " refused");
    }

    @Test
    void a_line_that_is_neither_an_answer_nor_an_event_is_refused() {
        assertThrows(MalformedJsonException.class, () -> Reply.decode("{\"id\":1}".getBytes(UTF_8)));
        assertThrows(MalformedJsonException.class, () -> Reply.decode("{\"id\":1,\"event\":5}".getBytes(UTF_8)));
    }
}
