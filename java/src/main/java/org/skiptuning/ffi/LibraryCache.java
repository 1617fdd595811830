package org.skiptuning.ffi;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.skiptuning.SkipTuningException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Unpacked native libraries, one folder for each content.
 *
 * <p>A folder appears whole or not at all, and several processes may race for it: each unpacks into a temporary folder
 * beside it, and who comes second uses the first one's. It lies in the user's cache ({@code XDG_CACHE_HOME}, or
 * {@code ~/.cache}), never in a temporary folder, which may forbid execution; {@code SKIP_TUNING_CACHE} or the system
 * property {@code skiptuning.cache} name another.
 */
final class LibraryCache {
    private static final Logger LOG = LoggerFactory.getLogger(LibraryCache.class);
    private static final String UNFINISHED = ".unpacking-";
    private static final Duration ABANDONED = Duration.ofDays(1);

    private final Path root;

    LibraryCache() {
        this(defaultRoot());
    }

    LibraryCache(Path root) {
        this.root = root;
    }

    /** @return the folder that holds all of the libraries */
    Path unpack(String kind, List<LibraryResource> libraries) {
        Path target = root.resolve(kind + "-" + key(libraries));
        if (Files.isDirectory(target)) {
            return target;
        }
        LOG.info("Unpacking {} native libraries into {}", libraries.size(), target);
        try {
            Files.createDirectories(root);
            removeAbandoned();
            Path unfinished = Files.createTempDirectory(root, UNFINISHED);
            try {
                for (var library : libraries) {
                    write(library, unfinished.resolve(library.name()));
                }
                publish(unfinished, target);
            } finally {
                removeFolder(unfinished);
            }
        } catch (IOException failure) {
            throw new SkipTuningException(
                    "The native libraries cannot be unpacked into " + root + ": " + failure
                            + "; free space there or name another folder in SKIP_TUNING_CACHE",
                    failure);
        }
        return target;
    }

    private static Path defaultRoot() {
        return setting("skiptuning.cache", "SKIP_TUNING_CACHE")
                .or(() -> Optional.ofNullable(System.getenv("XDG_CACHE_HOME"))
                        .filter(text -> !text.isEmpty())
                        .map(text -> Path.of(text, "skip-tuning")))
                .orElseGet(() -> Path.of(System.getProperty("user.home"), ".cache", "skip-tuning"))
                .resolve("native")
                .toAbsolutePath();
    }

    private static Optional<Path> setting(String property, String variable) {
        return Optional.ofNullable(System.getProperty(property))
                .or(() -> Optional.ofNullable(System.getenv(variable)))
                .filter(text -> !text.isEmpty())
                .map(Path::of);
    }

    /** Follows from names, sizes and checksums, so that nothing large is read when the folder exists. */
    private static String key(List<LibraryResource> libraries) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            for (var library : libraries) {
                String line = library.name() + " " + library.bytes() + " " + library.checksum() + "\n";
                digest.update(line.getBytes(StandardCharsets.UTF_8));
            }
            return HexFormat.of().formatHex(digest.digest(), 0, 12);
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static void write(LibraryResource library, Path file) throws IOException {
        try (var in = library.location().openStream()) {
            long written = Files.copy(in, file);
            if (written != library.bytes()) {
                throw new IOException(
                        library.location() + " ends after " + written + " of " + library.bytes() + " bytes");
            }
        }
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    private static void publish(Path unfinished, Path target) throws IOException {
        try {
            Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException exists) {
            if (!Files.isDirectory(target)) {
                throw exists;
            }
        }
    }

    /** Leftovers of processes that were killed. */
    private void removeAbandoned() throws IOException {
        try (var folders = Files.newDirectoryStream(root, UNFINISHED + "*")) {
            for (var folder : folders) {
                if (Files.getLastModifiedTime(folder)
                        .toInstant()
                        .isBefore(Instant.now().minus(ABANDONED))) {
                    removeFolder(folder);
                }
            }
        }
    }

    private static void removeFolder(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (var contents = Files.walk(folder)) {
            for (var path : (Iterable<Path>) contents.sorted(Comparator.reverseOrder())::iterator) {
                Files.deleteIfExists(path);
            }
        }
    }
}
