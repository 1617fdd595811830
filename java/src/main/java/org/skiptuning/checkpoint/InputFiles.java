package org.skiptuning.checkpoint;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.skiptuning.CheckpointException;
import org.skiptuning.SkipTuningException;
import org.skiptuning.ffi.MappedFile;
import org.skiptuning.files.Folders;

/** Opening the files of a checkpoint. */
final class InputFiles {
    private static final int HASH_CHUNK = 1 << 20;

    private InputFiles() {}

    /** Refuses what isn't there, and pipes and devices, on which reading could wait for ever. */
    static void requireRegular(Path file) {
        if (!Files.exists(file)) {
            throw new CheckpointException(file + " " + Folders.absence(file) + ": check the path");
        }
        if (!Files.isRegularFile(file)) {
            throw new CheckpointException(file + " isn't a regular file");
        }
    }

    /**
     * A file that may be left out. A link to nothing isn't that: what it stood for would silently be replaced by a
     * default.
     */
    static Optional<Path> optional(Path file) {
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        requireRegular(file);
        return Optional.of(file);
    }

    static MappedFile map(Path file) {
        requireRegular(file);
        try {
            return MappedFile.open(file);
        } catch (SkipTuningException failure) {
            throw new CheckpointException(String.valueOf(failure.getMessage()), failure);
        }
    }

    /** SHA-256 of the whole file, in hexadecimal; of several files, that of their hashes. */
    static String sha256(List<MappedFile> files) {
        return files.size() == 1
                ? sha256(files.getFirst())
                : hex(sha256().digest(files.stream()
                        .map(InputFiles::sha256)
                        .collect(Collectors.joining("\n"))
                        .getBytes(StandardCharsets.US_ASCII)));
    }

    private static String sha256(MappedFile file) {
        var digest = sha256();
        var chunk = new byte[HASH_CHUNK];
        for (long offset = 0; offset < file.size(); offset += HASH_CHUNK) {
            int length = (int) Math.min(HASH_CHUNK, file.size() - offset);
            file.copyTo(offset, chunk, 0, length);
            digest.update(chunk, 0, length);
        }
        return hex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
