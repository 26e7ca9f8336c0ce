package io.bsr.control.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** JSON values as UTF-8 text on one line, and back. */
public final class JsonText {
    /** Objects and arrays within each other, at most. */
    public static final int DEPTH = 16;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEPTH)
                    .maxNumberLength(20)
                    .maxStringLength(64 * 1024)
                    .maxNameLength(256)
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
            .build();

    private JsonText() {}

    /** The document as one line, without the line feed. */
    public static byte[] write(Json value) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        try (JsonGenerator out = FACTORY.createGenerator(bytes)) {
            write(value, out);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return bytes.toByteArray();
    }

    private static void write(Json value, JsonGenerator out) throws IOException {
        switch (value) {
            case Json.Text text -> out.writeString(text.value());
            case Json.Whole whole -> out.writeNumber(whole.value());
            case Json.Flag flag -> out.writeBoolean(flag.value());
            case Json.Absent absent -> out.writeNull();
            case Json.Array array -> {
                out.writeStartArray();
                for (Json item : array.items()) {
                    write(item, out);
                }
                out.writeEndArray();
            }
            case Json.Members members -> {
                out.writeStartObject();
                for (Map.Entry<String, Json> member : members.members().entrySet()) {
                    out.writeFieldName(member.getKey());
                    write(member.getValue(), out);
                }
                out.writeEndObject();
            }
        }
    }

    /**
     * Reads one document.
     *
     * @throws MalformedJsonException if it is none, or more than one, or beyond the limits
     */
    public static Json read(byte[] text) throws MalformedJsonException {
        return read(text, 0, text.length);
    }

    /** As {@link #read(byte[])}, of a part of an array. */
    public static Json read(byte[] text, int offset, int length) throws MalformedJsonException {
        try (JsonParser in = FACTORY.createParser(text, offset, length)) {
            if (in.nextToken() == null) {
                throw new MalformedJsonException("not JSON: there is nothing");
            }
            Json value = value(in);
            if (in.nextToken() != null) {
                throw new MalformedJsonException("not JSON: something follows the end of the document");
            }
            return value;
        } catch (IOException e) {
            throw new MalformedJsonException("not JSON: " + firstLine(e));
        }
    }

    private static Json value(JsonParser in) throws IOException, MalformedJsonException {
        return switch (in.currentToken()) {
            case VALUE_STRING, VALUE_EMBEDDED_OBJECT -> new Json.Text(in.getText());
            case VALUE_NUMBER_INT -> new Json.Whole(in.getLongValue());
            case VALUE_NUMBER_FLOAT ->
                throw new MalformedJsonException("not a number of this interface: " + in.getText());
            case VALUE_TRUE -> new Json.Flag(true);
            case VALUE_FALSE -> new Json.Flag(false);
            case VALUE_NULL -> Json.Absent.NULL;
            case START_ARRAY -> array(in);
            case START_OBJECT -> members(in);
            case END_ARRAY, END_OBJECT, FIELD_NAME, NOT_AVAILABLE ->
                throw new MalformedJsonException("not JSON: " + in.currentToken());
        };
    }

    private static Json array(JsonParser in) throws IOException, MalformedJsonException {
        List<Json> items = new ArrayList<>();
        while (next(in) != JsonToken.END_ARRAY) {
            items.add(value(in));
        }
        return new Json.Array(items);
    }

    private static Json members(JsonParser in) throws IOException, MalformedJsonException {
        Map<String, Json> members = new LinkedHashMap<>();
        while (next(in) != JsonToken.END_OBJECT) {
            String name = in.currentName();
            next(in);
            members.put(name, value(in));
        }
        return new Json.Members(members);
    }

    private static JsonToken next(JsonParser in) throws IOException, MalformedJsonException {
        JsonToken token = in.nextToken();
        if (token == null) {
            throw new MalformedJsonException("not JSON: it ends in the middle");
        }
        return token;
    }

    private static String firstLine(IOException e) {
        String message = e.getMessage();
        return message == null ? "unreadable" : message.lines().findFirst().orElse("unreadable");
    }
}
