package io.bsr.control.json;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Records as JSON objects: a component {@code peerNodeId} is the member {@code "peer-node-id"}.
 *
 * <p>Components may be {@code String}, {@code int}, {@code long}, {@code boolean}, {@code Integer}, {@code Long}, enums (by
 * {@code toString}, or in kebab case where that is the constant's name), records, sealed interfaces of records (an object
 * whose member {@code "type"} names the record), {@code List} of these, and {@code Map<String, String>}. Maps and lists
 * that are missing are empty, flags that are missing are false, what is {@code @Nullable} is null; everything else must be
 * there.
 */
public final class RecordCodec {
    /** Names the record of a sealed interface. */
    public static final String TYPE = "type";

    /** What to do about members that the record does not have. */
    public enum Unknown {
        REFUSED,
        IGNORED
    }

    private RecordCodec() {}

    public static Json.Members write(Record value) {
        Map<String, Json> members = new LinkedHashMap<>();
        for (RecordShape.Part part : RecordShape.of(value.getClass()).parts()) {
            Object content = part.read(value);
            if (content != null) {
                members.put(part.name(), toJson(content, part.type()));
            }
        }
        return new Json.Members(members);
    }

    /** A record of a sealed interface, with its {@link #TYPE}. */
    public static Json.Members writeTyped(Record value) {
        Map<String, Json> members = new LinkedHashMap<>();
        members.put(TYPE, new Json.Text(kebab(value.getClass().getSimpleName())));
        members.putAll(write(value).members());
        return new Json.Members(members);
    }

    /**
     * Reads a record.
     *
     * @throws MalformedJsonException if a member is missing, of another kind, out of range, or unknown and refused
     */
    public static <R> R read(Json json, Class<R> type, Unknown unknown) throws MalformedJsonException {
        return type.cast(fromJson(json, type, type.getSimpleName(), unknown));
    }

    /** {@code NewResource} and {@code newResource} as {@code new-resource}. */
    public static String kebab(String name) {
        StringBuilder text = new StringBuilder(name.length() + 4);
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (Character.isUpperCase(c) && i > 0) {
                text.append('-');
            }
            text.append(Character.toLowerCase(c));
        }
        return text.toString();
    }

    /** The text for a constant of an enum. */
    static String word(Enum<?> constant) {
        String text = constant.toString();
        return text.equals(constant.name()) ? text.toLowerCase(Locale.ROOT).replace('_', '-') : text;
    }

    /** Questions and no switch over types, as in {@link JsonText}. */
    private static Json toJson(Object value, Class<?> declared) {
        if (value instanceof String text) {
            return new Json.Text(text);
        }
        if (value instanceof Integer || value instanceof Long) {
            return new Json.Whole(((Number) value).longValue());
        }
        if (value instanceof Boolean flag) {
            return new Json.Flag(flag);
        }
        if (value instanceof Enum<?> constant) {
            return new Json.Text(word(constant));
        }
        if (value instanceof Record part) {
            return declared.isInterface() ? writeTyped(part) : write(part);
        }
        if (value instanceof List<?> list) {
            List<Json> items = new ArrayList<>(list.size());
            for (Object item : list) {
                items.add(toJson(item, item.getClass()));
            }
            return new Json.Array(items);
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, Json> members = new LinkedHashMap<>();
            map.forEach((name, text) -> members.put((String) name, new Json.Text((String) text)));
            return new Json.Members(members);
        }
        throw new IllegalArgumentException("no JSON for " + value.getClass());
    }

    private static Object fromJson(Json json, Type type, String where, Unknown unknown) throws MalformedJsonException {
        if (type instanceof ParameterizedType generic) {
            return generic.getRawType() == List.class
                    ? list(json, generic.getActualTypeArguments()[0], where, unknown)
                    : texts(json, where);
        }
        Class<?> kind = (Class<?>) type;
        if (kind == String.class && json instanceof Json.Text(String text)) {
            return text;
        }
        if (kind == boolean.class && json instanceof Json.Flag(boolean flag)) {
            return flag;
        }
        if ((kind == long.class || kind == Long.class) && json instanceof Json.Whole(long number)) {
            return number;
        }
        if ((kind == int.class || kind == Integer.class) && json instanceof Json.Whole(long number)) {
            if (number != (int) number) {
                throw new MalformedJsonException(where + ": " + number + " does not fit 32 bits");
            }
            return (int) number;
        }
        if (kind.isEnum() && json instanceof Json.Text(String text)) {
            return constant(kind, text, where);
        }
        if (kind.isRecord() && json instanceof Json.Members object) {
            return record(object, kind, where, unknown, Set.of());
        }
        if (kind.isSealed() && json instanceof Json.Members object) {
            return record(object, variant(object, kind, where), where, unknown, Set.of(TYPE));
        }
        throw new MalformedJsonException(where + " is " + json.kind() + " and must be " + expected(kind));
    }

    private static Object record(Json.Members object, Class<?> type, String where, Unknown unknown, Set<String> others)
            throws MalformedJsonException {
        RecordShape shape = RecordShape.of(type);
        List<RecordShape.Part> parts = shape.parts();
        @Nullable Object[] values = new @Nullable Object[parts.size()];
        for (int i = 0; i < values.length; i++) {
            RecordShape.Part part = parts.get(i);
            Json member = object.members().getOrDefault(part.name(), Json.Absent.NULL);
            if (!(member instanceof Json.Absent)) {
                values[i] = fromJson(member, part.genericType(), part.name(), unknown);
            } else if (part.required()) {
                throw new MalformedJsonException(where + " needs " + part.name());
            } else {
                values[i] = part.absent();
            }
        }
        if (unknown == Unknown.REFUSED) {
            refuseSurplus(object, shape.names(), where, others);
        }
        return shape.make(values, where);
    }

    private static void refuseSurplus(Json.Members object, Set<String> known, String where, Set<String> others)
            throws MalformedJsonException {
        Set<String> surplus = new TreeSet<>(object.members().keySet());
        surplus.removeAll(known);
        surplus.removeAll(others);
        if (!surplus.isEmpty()) {
            throw new MalformedJsonException(where + " has no argument " + String.join(", ", surplus)
                    + (known.isEmpty() ? "; it takes none" : "; it takes " + String.join(", ", known)));
        }
    }

    private static List<Object> list(Json json, Type item, String where, Unknown unknown)
            throws MalformedJsonException {
        if (!(json instanceof Json.Array(List<Json> items))) {
            throw new MalformedJsonException(where + " is " + json.kind() + " and must be an array");
        }
        List<Object> values = new ArrayList<>(items.size());
        for (Json one : items) {
            values.add(fromJson(one, item, where, unknown));
        }
        return List.copyOf(values);
    }

    /** Keeps the order of the members. */
    private static Map<String, String> texts(Json json, String where) throws MalformedJsonException {
        if (!(json instanceof Json.Members(Map<String, Json> members))) {
            throw new MalformedJsonException(where + " is " + json.kind() + " and must be an object");
        }
        Map<String, String> texts = new LinkedHashMap<>();
        for (Map.Entry<String, Json> member : members.entrySet()) {
            if (!(member.getValue() instanceof Json.Text(String text))) {
                throw new MalformedJsonException(where + ": " + member.getKey() + " is "
                        + member.getValue().kind() + " and must be a string");
            }
            texts.put(member.getKey(), text);
        }
        return Collections.unmodifiableMap(texts);
    }

    private static Object constant(Class<?> type, String text, String where) throws MalformedJsonException {
        List<String> words = new ArrayList<>();
        for (Object candidate : Objects.requireNonNull(type.getEnumConstants())) {
            String word = word((Enum<?>) candidate);
            if (word.equals(text)) {
                return candidate;
            }
            words.add(word);
        }
        throw new MalformedJsonException(where + ": \"" + text + "\" is none of " + String.join(", ", words));
    }

    private static Class<?> variant(Json.Members object, Class<?> kind, String where) throws MalformedJsonException {
        if (object.members().get(TYPE) instanceof Json.Text(String name)) {
            for (Class<?> candidate : Objects.requireNonNull(kind.getPermittedSubclasses())) {
                if (kebab(candidate.getSimpleName()).equals(name)) {
                    return candidate;
                }
            }
        }
        throw new MalformedJsonException(where + " has no type that is known here");
    }

    private static String expected(Class<?> kind) {
        if (kind == String.class || kind.isEnum()) {
            return "a string";
        }
        if (kind == boolean.class) {
            return "true or false";
        }
        return kind.isRecord() || kind.isSealed() ? "an object" : "a number";
    }
}
