package io.bsr.control.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTextTest {
    private static Json read(String text) throws MalformedJsonException {
        return JsonText.read(text.getBytes(UTF_8));
    }

    @Test
    void a_document_of_everything_is_understood() throws MalformedJsonException {
        Json value = read(
                " {\"a\" : [ 1 , -9223372036854775808, true,false,null,\"\"],\t\"b\":{\"c\":\"\\u00e4é\\n\\/\"}}\r\n");

        List<Json> items = List.of(
                new Json.Whole(1),
                new Json.Whole(Long.MIN_VALUE),
                new Json.Flag(true),
                new Json.Flag(false),
                Json.Absent.NULL,
                new Json.Text(""));
        Map<String, Json> expected = new LinkedHashMap<>();
        expected.put("a", new Json.Array(items));
        expected.put("b", new Json.Members(Map.of("c", new Json.Text("äé\n/"))));
        assertEquals(new Json.Members(expected), value);
    }

    @Test
    void text_is_written_as_plain_ascii_on_one_line() {
        String written = new String(JsonText.write(new Json.Text("\"\\ä\n\t\u0001\u007f\ud83d\ude00")), UTF_8);

        assertEquals("\"\\\"\\\\\\u00e4\\n\\t\\u0001\\u007f\\ud83d\\ude00\"", written);
    }

    @Test
    void what_is_written_is_read_back() throws MalformedJsonException {
        Random random = new Random(7);
        for (int i = 0; i < 2000; i++) {
            Json value = random(random, 0);

            assertEquals(value, JsonText.read(JsonText.write(value)));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "[",
                "[1",
                "[1,",
                "[1,]",
                "[,]",
                "{\"a\"",
                "{\"a\":",
                "{\"a\":1",
                "{\"a\":1,",
                "{\"a\":1,}",
                "{a:1}",
                "{\"a\" 1}",
                "{\"a\":1 \"b\":2}",
                "{\"a\":1,\"a\":2}",
                "1 2",
                "{} {}",
                "tru",
                "True",
                "nul",
                "01",
                "-",
                "-x",
                "1.5",
                "1e3",
                "9223372036854775808",
                "123456789012345678901",
                "\"",
                "\"\\x\"",
                "\"\\u12\"",
                "\"\\u12g4\"",
                "\"a\nb\"",
                "'a'",
                "NaN",
                "//\n1",
                "\u0000"
            })
    void what_is_no_document_is_refused(String text) {
        assertThrows(MalformedJsonException.class, () -> read(text));
    }

    @Test
    void every_beginning_of_a_document_is_refused() {
        String document = "{\"id\":1,\"list\":[{\"a\":\"\\u00e4\"},null,true,-5]}";

        for (int length = 0; length < document.length(); length++) {
            String beginning = document.substring(0, length);
            assertThrows(MalformedJsonException.class, () -> read(beginning), beginning);
        }
    }

    @Test
    void random_bytes_are_a_document_or_refused_and_nothing_else() {
        Random random = new Random(11);
        byte[] alphabet = "{}[]\",:\\u0019-.eE truefalsn\u00e4\n".getBytes(UTF_8);
        int understood = 0;
        for (int i = 0; i < 200_000; i++) {
            byte[] bytes = new byte[random.nextInt(12)];
            for (int j = 0; j < bytes.length; j++) {
                bytes[j] = alphabet[random.nextInt(alphabet.length)];
            }
            try {
                JsonText.read(bytes);
                understood++;
            } catch (MalformedJsonException e) {
                assertTrue(String.valueOf(e.getMessage()).startsWith("not "));
            }
        }
        assertTrue(understood > 100, understood + " documents");
    }

    @Test
    void bytes_that_are_no_utf_8_are_refused() {
        assertThrows(MalformedJsonException.class, () -> JsonText.read(new byte[] {'"', (byte) 0xc3, '"'}));
        assertThrows(MalformedJsonException.class, () -> JsonText.read(new byte[] {'"', (byte) 0xff, '"'}));
    }

    @Test
    void the_limits_are_kept() throws MalformedJsonException {
        read("[".repeat(JsonText.DEPTH) + "]".repeat(JsonText.DEPTH));
        read("\"" + "a".repeat(JsonText.LONGEST_STRING) + "\"");
        read("{\"" + "a".repeat(JsonText.LONGEST_NAME) + "\":1}");

        assertThrows(
                MalformedJsonException.class,
                () -> read("[".repeat(JsonText.DEPTH + 1) + "]".repeat(JsonText.DEPTH + 1)));
        assertThrows(MalformedJsonException.class, () -> read("\"" + "a".repeat(JsonText.LONGEST_STRING + 1) + "\""));
        assertThrows(MalformedJsonException.class, () -> read("{\"" + "a".repeat(JsonText.LONGEST_NAME + 1) + "\":1}"));
        assertThrows(MalformedJsonException.class, () -> read("[".repeat(1_000_000)));
    }

    private static Json random(Random random, int depth) {
        return switch (random.nextInt(depth < 4 ? 6 : 4)) {
            case 0 -> new Json.Whole(random.nextLong());
            case 1 -> new Json.Flag(random.nextBoolean());
            case 2 -> Json.Absent.NULL;
            case 3 -> new Json.Text(text(random));
            case 4 -> {
                List<Json> items = new ArrayList<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    items.add(random(random, depth + 1));
                }
                yield new Json.Array(items);
            }
            default -> {
                Map<String, Json> members = new LinkedHashMap<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    members.put(text(random), random(random, depth + 1));
                }
                yield new Json.Members(members);
            }
        };
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(6); i > 0; i--) {
            int code = random.nextInt(4) == 0 ? random.nextInt(0xd800) : random.nextInt(0x80);
            text.append((char) code);
        }
        return text.toString();
    }
}
