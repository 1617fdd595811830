package org.skiptuning.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/** A handle of the native core, with the lifetimes that it needs in turn. */
final class Handle {
    private final MemorySegment pointer;
    private final Lifetime lifetime;
    /** Of views into memory that the handle owns. */
    private final Arena views;

    private Handle(MemorySegment pointer, Lifetime lifetime, Arena views) {
        this.pointer = pointer;
        this.lifetime = lifetime;
        this.views = views;
    }

    /** A function that creates a handle and writes it to {@code target}. */
    interface Creation {
        int run(MemorySegment target) throws Throwable;
    }

    /** A function of a handle. */
    interface Use {
        int run(MemorySegment handle) throws Throwable;
    }

    /** A function of a handle that writes a text. */
    interface TextUse {
        int run(MemorySegment handle, MemorySegment text, long capacity, MemorySegment length) throws Throwable;
    }

    /**
     * @param what names the handle in messages
     * @param release frees it
     * @param needs what must live as long as the handle
     */
    static Handle create(String what, MethodHandle release, List<Lifetime> needs, Creation creation) {
        Set<Lifetime> distinct = Collections.newSetFromMap(new IdentityHashMap<>());
        distinct.addAll(needs);
        var held = Hold.of(List.copyOf(distinct));
        try (var arena = Arena.ofConfined()) {
            var target = arena.allocate(Layouts.ADDRESS);
            Abi.call(() -> creation.run(target));
            var pointer = target.get(Layouts.ADDRESS, 0);
            var views = Arena.ofShared();
            return new Handle(pointer, new Lifetime(what, () -> free(release, pointer, views, held)), views);
        } catch (Throwable failure) {
            held.close();
            throw failure;
        }
    }

    /** Calls a function of this handle; a close meanwhile takes effect after it. */
    void call(Use use) {
        lifetime.acquire();
        try {
            Abi.call(() -> use.run(pointer));
        } finally {
            lifetime.release();
        }
    }

    String text(TextUse use) {
        lifetime.acquire();
        try {
            return Abi.text((text, capacity, length) -> use.run(pointer, text, capacity, length));
        } finally {
            lifetime.release();
        }
    }

    Lifetime lifetime() {
        return lifetime;
    }

    /** Valid within acquire and release of {@link #lifetime}. */
    MemorySegment pointer() {
        return pointer;
    }

    /** A view of {@code bytes} of the handle's memory; dies with it. */
    NativeBuffer view(MemorySegment address, long bytes) {
        return NativeBuffer.view(address.reinterpret(bytes, views, null), lifetime);
    }

    void close() {
        lifetime.close();
    }

    private static void free(MethodHandle release, MemorySegment pointer, Arena views, Hold held) {
        try (held) {
            try {
                views.close(); // first: a view must end before its memory
            } finally {
                release(release, pointer);
            }
        }
    }

    private static void release(MethodHandle release, MemorySegment pointer) {
        try {
            release.invokeExact(pointer);
        } catch (Throwable impossible) {
            throw new AssertionError(impossible);
        }
    }

    /** Keeps several lifetimes for as long as it is open. */
    record Hold(List<Lifetime> lifetimes) implements AutoCloseable {
        static Hold of(List<Lifetime> lifetimes) {
            var held = new ArrayList<Lifetime>();
            try {
                for (var lifetime : lifetimes) {
                    lifetime.acquire();
                    held.add(lifetime);
                }
            } catch (Throwable failure) {
                held.forEach(Lifetime::release);
                throw failure;
            }
            return new Hold(lifetimes);
        }

        @Override
        public void close() {
            lifetimes.forEach(Lifetime::release);
        }
    }
}
