package io.bsr.sim.planted;

import io.bsr.core.option.PeerFamily;
import io.bsr.sim.world.SeedResult;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** Loads core and simulator once more, with some classes of the core replaced; everything else is shared. */
final class CoreLoader extends ClassLoader {
    static {
        registerAsParallelCapable();
    }

    private final Map<String, byte[]> replaced;

    CoreLoader(Map<String, byte[]> replaced) {
        super("planted", CoreLoader.class.getClassLoader());
        this.replaced = replaced;
    }

    /** What runs seeds of this family with the replaced classes. */
    LongFunction<SeedResult> worlds(PeerFamily family) {
        return worlds(Worlds.class, family);
    }

    /** As {@link #worlds(PeerFamily)}, run in another way. */
    LongFunction<SeedResult> worlds(Class<? extends LongFunction<SeedResult>> kind, PeerFamily family) {
        try {
            Object worlds = loadClass(kind.getName())
                    .getDeclaredConstructor(String.class)
                    .newInstance(family.name());
            // What it returns is loaded by the parent, see below.
            @SuppressWarnings("unchecked")
            LongFunction<SeedResult> ours = (LongFunction<SeedResult>) worlds;
            return ours;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean anew(String name) {
        boolean ours = name.startsWith("io.bsr.core.") || name.startsWith("io.bsr.sim.");
        return ours && !name.equals(SeedResult.class.getName());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!anew(name)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> known = findLoadedClass(name);
            return known == null ? define(name) : known;
        }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        byte @Nullable [] code = replaced.get(name);
        if (code == null) {
            try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
                if (in == null) {
                    throw new ClassNotFoundException(name);
                }
                code = in.readAllBytes();
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
        return defineClass(name, code, 0, code.length);
    }
}
