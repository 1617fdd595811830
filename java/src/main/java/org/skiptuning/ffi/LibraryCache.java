package org.skiptuning.ffi;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.skiptuning.SkipTuningException;
import org.skiptuning.files.CacheFolder;
import org.skiptuning.files.Folders;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Unpacked native libraries, one folder for each content.
 *
 * <p>A folder appears whole or not at all, and several processes may race for it: each unpacks into a temporary folder
 * beside it, and who comes second uses the first one's.
 */
final class LibraryCache {
    private static final Logger LOG = LoggerFactory.getLogger(LibraryCache.class);
    private static final String UNFINISHED = ".unpacking-";

    private final Path root;

    LibraryCache() {
        this(CacheFolder.root().resolve("native"));
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
            Folders.deleteAbandoned(root, UNFINISHED);
            Path unfinished = Files.createTempDirectory(root, UNFINISHED);
            try {
                for (var library : libraries) {
                    write(library, unfinished.resolve(library.name()));
                }
                Folders.moveIntoPlace(unfinished, target);
            } finally {
                Folders.delete(unfinished);
            }
        } catch (IOException failure) {
            throw new SkipTuningException(CacheFolder.problem("The unpacked native libraries", root, failure), failure);
        }
        return target;
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
}
