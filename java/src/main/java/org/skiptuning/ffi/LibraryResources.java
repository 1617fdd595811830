package org.skiptuning.ffi;

import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.jar.JarEntry;
import java.util.zip.CRC32;
import org.skiptuning.SkipTuningException;

/** The native libraries on the class path: the core's own jar and bytedeco's jars of LibTorch, OpenBLAS and CUDA. */
final class LibraryResources {
    private final String platform;
    private final ClassLoader loader;

    LibraryResources(String platform, ClassLoader loader) {
        this.platform = platform;
        this.loader = loader;
    }

    /** What is on this library's own class path. */
    static LibraryResources ofClassPath(String platform) {
        var own = Optional.ofNullable(LibraryResources.class.getClassLoader());
        return new LibraryResources(platform, own.orElseGet(ClassLoader::getSystemClassLoader));
    }

    /** The folder of the unpacked core. */
    Path unpackCore() {
        var libraries = list("org/skiptuning/native/" + platform + "/", LibraryFolders.CORE);
        if (libraries.isEmpty()) {
            throw new SkipTuningException("The native core for " + platform + " is not on the class path: add the"
                    + " library's jar with that classifier, or name the folder of " + LibraryFolders.CORE
                    + " in SKIP_TUNING_NATIVE");
        }
        return new LibraryCache().unpack("core", libraries);
    }

    /** The folder of the unpacked LibTorch, with all that it needs beside it. */
    Path unpackLibtorch() {
        var libraries = new ArrayList<LibraryResource>();
        var gpu = list("org/bytedeco/pytorch/" + platform + "-gpu/", LibraryFolders.LIBTORCH);
        libraries.addAll(gpu.isEmpty() ? list("org/bytedeco/pytorch/" + platform + "/", LibraryFolders.LIBTORCH) : gpu);
        if (libraries.isEmpty()) {
            throw new SkipTuningException("LibTorch for " + platform + " is not on the class path: add"
                    + " org.bytedeco:pytorch and org.bytedeco:openblas with that classifier, or name the folder of an"
                    + " installed LibTorch in SKIP_TUNING_LIBTORCH");
        }
        var blas = list("org/bytedeco/openblas/" + platform + "/", "libopenblas.so.0");
        if (blas.isEmpty()) {
            throw new SkipTuningException(
                    "OpenBLAS for " + platform
                            + " is not on the class path, and LibTorch needs it: add org.bytedeco:openblas with that classifier");
        }
        libraries.addAll(blas);
        if (!gpu.isEmpty()) {
            libraries.addAll(list("org/bytedeco/cuda/" + platform + "/", "libcudart.so.13"));
        }
        return new LibraryCache().unpack("libtorch", libraries);
    }

    /** The shared libraries in the jar, or folder, that has {@code witness} under {@code prefix}; without JNI glue. */
    private List<LibraryResource> list(String prefix, String witness) {
        URL url = loader.getResource(prefix + witness);
        if (url == null) {
            return List.of();
        }
        try {
            return url.getProtocol().equals("file") ? listFolder(Path.of(url.toURI())) : listJar(url, prefix);
        } catch (Exception failure) {
            throw new SkipTuningException("The native libraries in " + url + " cannot be listed: " + failure, failure);
        }
    }

    private static List<LibraryResource> listJar(URL witness, String prefix) throws IOException {
        var connection = (JarURLConnection) witness.openConnection();
        String base = witness.toString();
        String root =
                base.substring(0, base.length() - connection.getEntryName().length());
        var found = new ArrayList<LibraryResource>();
        for (var entry : (Iterable<JarEntry>) connection.getJarFile().stream()::iterator) {
            String name = entry.getName().startsWith(prefix) ? entry.getName().substring(prefix.length()) : "";
            if (isLibrary(name)) {
                var location = URI.create(root + entry.getName()).toURL();
                found.add(new LibraryResource(name, entry.getSize(), entry.getCrc(), location));
            }
        }
        return found;
    }

    private static List<LibraryResource> listFolder(Path witness) throws IOException {
        var found = new ArrayList<LibraryResource>();
        try (var files = Files.list(Optional.ofNullable(witness.getParent()).orElseThrow())) {
            for (var file : (Iterable<Path>) files.sorted()::iterator) {
                String name = String.valueOf(file.getFileName());
                if (isLibrary(name)) {
                    var checksum = new CRC32();
                    checksum.update(Files.readAllBytes(file));
                    found.add(new LibraryResource(
                            name,
                            Files.size(file),
                            checksum.getValue(),
                            file.toUri().toURL()));
                }
            }
        }
        return found;
    }

    private static boolean isLibrary(String name) {
        return (name.endsWith(".so") || name.contains(".so.")) && name.indexOf('/') < 0 && !name.startsWith("libjni");
    }
}
