package org.skiptuning.ffi;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.skiptuning.SkipTuningException;
import org.skiptuning.files.PathSetting;

/**
 * Where the native core and LibTorch lie.
 *
 * <p>Looked for in this order: the folder that an override names, {@code lib/} beside the library's jar, and the class
 * path, from where they are unpacked into a cache folder. An override that is wrong is an error.
 *
 * @param core the folder of {@value #CORE}
 * @param libtorch the folder of LibTorch's libraries, all of them
 */
record LibraryFolders(Path core, Path libtorch) {
    static final String CORE = "libskiptuning.so";
    static final String LIBTORCH = "libtorch_cpu.so";

    /** @throws SkipTuningException if one is nowhere; says what to do */
    static LibraryFolders find() {
        Optional<Path> beside = besideJar();
        Optional<Path> core = PathSetting.NATIVE
                .path()
                .map(LibraryFolders::requireCore)
                .or(() -> beside.filter(folder -> Files.exists(folder.resolve(CORE))));
        Optional<Path> libtorch = PathSetting.LIBTORCH
                .path()
                .map(LibraryFolders::requireLibtorch)
                .or(() -> core.filter(folder -> Files.exists(folder.resolve(LIBTORCH))))
                .or(() -> beside.filter(folder -> Files.exists(folder.resolve(LIBTORCH))));
        var resources = LibraryResources.ofClassPath(platform());
        return new LibraryFolders(core.orElseGet(resources::unpackCore), libtorch.orElseGet(resources::unpackLibtorch));
    }

    /** As bytedeco names it, for instance {@code linux-x86_64}. */
    static String platform() {
        String architecture = System.getProperty("os.arch", "");
        String system =
                System.getProperty("os.name", "").toLowerCase(Locale.ROOT).split(" ")[0];
        return system + "-"
                + switch (architecture) {
                    case "amd64" -> "x86_64";
                    case "aarch64" -> "arm64";
                    default -> architecture;
                };
    }

    private static Path requireCore(Path given) {
        var folder = given.toAbsolutePath();
        if (!Files.isRegularFile(folder.resolve(CORE))) {
            throw wrong(PathSetting.NATIVE, folder, CORE);
        }
        return folder;
    }

    private static Path requireLibtorch(Path given) {
        var folder = given.toAbsolutePath();
        return libtorchIn(folder).orElseThrow(() -> wrong(PathSetting.LIBTORCH, folder, LIBTORCH));
    }

    /** LibTorch's own layout has {@code lib/} and {@code include/}; the folder of the libraries itself is fine, too. */
    static Optional<Path> libtorchIn(Path folder) {
        return Stream.of(folder, folder.resolve("lib"))
                .filter(candidate -> Files.isRegularFile(candidate.resolve(LIBTORCH)))
                .findFirst();
    }

    private static SkipTuningException wrong(PathSetting setting, Path folder, String file) {
        return new SkipTuningException(
                setting.source() + " names " + folder + ", which holds no " + file + ": correct it or take it away");
    }

    private static Optional<Path> besideJar() {
        return Optional.ofNullable(LibraryFolders.class.getProtectionDomain().getCodeSource())
                .map(CodeSource::getLocation)
                .filter(location -> location.getProtocol().equals("file"))
                .map(location -> {
                    try {
                        return Path.of(location.toURI()).resolveSibling("lib");
                    } catch (URISyntaxException impossible) {
                        throw new AssertionError(impossible);
                    }
                });
    }
}
