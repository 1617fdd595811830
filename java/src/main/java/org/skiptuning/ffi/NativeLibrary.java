package org.skiptuning.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.skiptuning.SkipTuningException;
import org.skiptuning.files.Aside;

/** Finds and loads LibTorch and the native core, once a process. Where they are looked for: {@link LibraryFolders}. */
public final class NativeLibrary {
    static final int ABI_VERSION = 1;

    private static volatile @Nullable SymbolLookup symbols;
    private static volatile @Nullable Path libtorch;

    private NativeLibrary() {}

    /**
     * Loads the native core if it isn't loaded yet.
     *
     * @throws SkipTuningException if it, or LibTorch, is missing, cannot be loaded or is of another version
     */
    public static void load() {
        symbols();
    }

    /** Begins to load and link beside the caller. What fails there fails again, and is told, where the core is used. */
    public static Aside<Boolean> loadAhead() {
        return Aside.begin("skip-tuning-libraries", () -> {
            load();
            Abi.link();
            return true;
        });
    }

    /** Whether a folder holds LibTorch, itself or in its {@code lib/}. */
    public static boolean isLibtorch(Path folder) {
        return LibraryFolders.libtorchIn(folder).isPresent();
    }

    /** The core's version, compiler and LibTorch, as a JSON object. */
    public static String buildInfo() {
        load();
        return Abi.text(Abi::buildInfo);
    }

    /** The folder that LibTorch was loaded from. */
    public static Path libtorchFolder() {
        load();
        return Objects.requireNonNull(libtorch);
    }

    static SymbolLookup symbols() {
        var loaded = symbols;
        return loaded != null ? loaded : loadOnce();
    }

    private static synchronized SymbolLookup loadOnce() {
        var loaded = symbols;
        if (loaded == null) {
            var folders = LibraryFolders.find();
            OpenMpSettings.limitSpinning();
            // LibTorch first and by its full path: the core's references to it are then met by name, wherever it lies.
            open(folders.libtorch().resolve("libtorch.so"));
            Path core = folders.core().resolve(LibraryFolders.CORE);
            open(core);
            loaded = SymbolLookup.libraryLookup(core, Arena.global());
            requireVersion(loaded, core);
            libtorch = folders.libtorch();
            symbols = loaded;
        }
        return loaded;
    }

    /** Loads by dlopen, for good, because the JDK's own loading hides the reason of a failure. */
    private static void open(Path library) {
        if (!Files.exists(library)) {
            throw new SkipTuningException("There is no native library " + library);
        }
        try (var arena = Arena.ofConfined()) {
            var handle = (MemorySegment) Loader.OPEN.invokeExact(arena.allocateFrom(library.toString()), Loader.LAZY);
            if (handle.address() == 0) {
                var reason = (MemorySegment) Loader.ERROR.invokeExact();
                throw new SkipTuningException("The native library " + library + " cannot be loaded: "
                        + reason.reinterpret(Long.MAX_VALUE).getString(0));
            }
        } catch (SkipTuningException failure) {
            throw failure;
        } catch (Throwable impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static void requireVersion(SymbolLookup lookup, Path core) {
        int version;
        try {
            var symbol = lookup.find("st_abi_version")
                    .orElseThrow(
                            () -> new SkipTuningException(core + " is not the native core: it has no st_abi_version"));
            var handle = Linker.nativeLinker().downcallHandle(symbol, FunctionDescriptor.of(ValueLayout.JAVA_INT));
            version = (int) handle.invokeExact();
        } catch (SkipTuningException failure) {
            throw failure;
        } catch (Throwable impossible) {
            throw new AssertionError(impossible);
        }
        if (version != ABI_VERSION) {
            throw new SkipTuningException(
                    core + " has version " + version + " of the native interface, and this library" + " needs "
                            + ABI_VERSION + ": use the core of the same release");
        }
    }

    /** The C library's own loader. */
    private static final class Loader {
        static final int LAZY = 1;
        static final MethodHandle OPEN = function(
                "dlopen", FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
        static final MethodHandle ERROR = function("dlerror", FunctionDescriptor.of(ValueLayout.ADDRESS));

        private static MethodHandle function(String name, FunctionDescriptor descriptor) {
            var linker = Linker.nativeLinker();
            return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor);
        }
    }
}
