package io.bsr.control;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Makes records with random contents, from a seed. */
public final class RandomRecords {
    private static final String LETTERS = "abzAZ09 -_/:.\"\\\u0000\u001f\n\u00e4\u20ac\ud83d\ude00{}[],'";

    private final Random random;

    public RandomRecords(long seed) {
        this.random = new Random(seed);
    }

    /** A record of {@code type}, or of one of the records that {@code type} permits. */
    public <T> T make(Class<T> type) {
        return type.cast(Objects.requireNonNull(value(type)));
    }

    private @Nullable Object value(Type type) {
        if (type instanceof ParameterizedType generic) {
            int count = random.nextInt(4);
            if (generic.getRawType() == List.class) {
                List<Object> list = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                    list.add(Objects.requireNonNull(value(generic.getActualTypeArguments()[0])));
                }
                return list;
            }
            Map<String, String> map = new LinkedHashMap<>();
            for (int i = 0; i < count; i++) {
                map.put(text(), text());
            }
            return map;
        }
        Class<?> kind = (Class<?>) type;
        if (kind == String.class) {
            return text();
        } else if (kind == int.class || kind == Integer.class) {
            return random.nextInt(8) == 0 ? Integer.MIN_VALUE : random.nextInt();
        } else if (kind == long.class || kind == Long.class) {
            return random.nextInt(8) == 0 ? Long.MAX_VALUE : random.nextLong();
        } else if (kind == boolean.class) {
            return random.nextBoolean();
        } else if (kind.isEnum()) {
            Object[] constants = Objects.requireNonNull(kind.getEnumConstants());
            return constants[random.nextInt(constants.length)];
        } else if (kind.isSealed()) {
            Class<?>[] variants = Objects.requireNonNull(kind.getPermittedSubclasses());
            return value(variants[random.nextInt(variants.length)]);
        }
        return record(kind);
    }

    private Object record(Class<?> kind) {
        if (kind == io.bsr.base.port.Endpoint.class) {
            return io.bsr.base.port.Endpoint.ipv6(text(), random.nextInt(65536));
        }
        RecordComponent[] components = kind.getRecordComponents();
        Class<?>[] types = new Class<?>[components.length];
        @Nullable Object[] values = new @Nullable Object[components.length];
        for (int i = 0; i < components.length; i++) {
            types[i] = components[i].getType();
            boolean nullable = components[i].getAnnotatedType().isAnnotationPresent(Nullable.class);
            values[i] = nullable && random.nextBoolean() ? null : value(components[i].getGenericType());
        }
        try {
            return kind.getDeclaredConstructor(types).newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("record " + kind, e);
        }
    }

    private String text() {
        StringBuilder text = new StringBuilder();
        int length = random.nextInt(12);
        while (text.length() < length) {
            text.appendCodePoint(LETTERS.codePointAt(
                    LETTERS.offsetByCodePoints(0, random.nextInt(LETTERS.codePointCount(0, LETTERS.length())))));
        }
        return text.toString();
    }
}
