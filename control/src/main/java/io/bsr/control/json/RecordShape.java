package io.bsr.control.json;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What the codec knows of a record type; found out once for each type. */
final class RecordShape {
    private static final ClassValue<RecordShape> SHAPES = new ClassValue<>() {
        @Override
        protected RecordShape computeValue(Class<?> type) {
            return new RecordShape(type);
        }
    };

    /**
     * A component.
     *
     * @param name of the member
     * @param absent what a missing member stands for; {@code null} if it must be there, or stands for {@code null}
     */
    record Part(
            String name,
            Class<?> type,
            Type genericType,
            RecordComponent component,
            @Nullable Object absent) {
        /** Whether the member must be there. Found out when it is missing: annotations take long to read. */
        boolean required() {
            return absent == null && !component.getAnnotatedType().isAnnotationPresent(Nullable.class);
        }

        @Nullable Object read(Record value) {
            try {
                return component.getAccessor().invoke(value);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("record " + value.getClass(), e);
            }
        }
    }

    private final List<Part> parts;
    private final Set<String> names = new TreeSet<>();
    private final Constructor<?> constructor;

    private RecordShape(Class<?> type) {
        RecordComponent[] components = type.getRecordComponents();
        Class<?>[] types = new Class<?>[components.length];
        Part[] found = new Part[components.length];
        for (int i = 0; i < components.length; i++) {
            types[i] = components[i].getType();
            found[i] = part(components[i]);
            names.add(found[i].name());
        }
        parts = List.of(found);
        try {
            constructor = type.getDeclaredConstructor(types);
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException("record " + type, e);
        }
    }

    private static Part part(RecordComponent component) {
        Class<?> type = component.getType();
        Object absent = type == boolean.class
                ? (Object) false
                : type == Map.class ? Map.of() : type == List.class ? List.of() : null;
        return new Part(RecordCodec.kebab(component.getName()), type, component.getGenericType(), component, absent);
    }

    static RecordShape of(Class<?> type) {
        return SHAPES.get(type);
    }

    List<Part> parts() {
        return parts;
    }

    /** Names of all members, sorted. */
    Set<String> names() {
        return names;
    }

    /**
     * Makes a record.
     *
     * @throws MalformedJsonException if its constructor does not take these values
     */
    Object make(@Nullable Object[] values, String where) throws MalformedJsonException {
        try {
            return constructor.newInstance(values);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof IllegalArgumentException refusal) {
                throw new MalformedJsonException(where + ": " + refusal.getMessage());
            }
            throw new IllegalStateException("constructor of " + constructor.getDeclaringClass(), e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("record " + constructor.getDeclaringClass(), e);
        }
    }
}
