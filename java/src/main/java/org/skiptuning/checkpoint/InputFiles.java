package org.skiptuning.checkpoint;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.skiptuning.CheckpointException;
import org.skiptuning.SkipTuningException;
import org.skiptuning.ffi.MappedFile;

/** Opening the files of a checkpoint. */
final class InputFiles {
    private static final int HASH_CHUNK = 1 << 20;

    private InputFiles() {}

    /** Maps a regular file; pipes and devices, on which reading could wait for ever, are refused. */
    static MappedFile map(Path file) {
        if (!Files.exists(file)) {
            throw new CheckpointException("There is no file " + file + ": check the path");
        }
        if (!Files.isRegularFile(file)) {
            throw new CheckpointException(file + " isn't a regular file");
        }
        try {
            return MappedFile.open(file);
        } catch (SkipTuningException failure) {
            throw new CheckpointException(String.valueOf(failure.getMessage()), failure);
        }
    }

    /** SHA-256 of the whole file, in hexadecimal. */
    static String sha256(Path file) {
        try (var mapped = map(file)) {
            var digest = MessageDigest.getInstance("SHA-256");
            var chunk = new byte[HASH_CHUNK];
            for (long offset = 0; offset < mapped.size(); offset += HASH_CHUNK) {
                int length = (int) Math.min(HASH_CHUNK, mapped.size() - offset);
                mapped.copyTo(offset, chunk, 0, length);
                digest.update(chunk, 0, length);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
