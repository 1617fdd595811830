package org.skiptuning;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.skiptuning.data.DataSet;
import org.skiptuning.data.LabelledImage;

/**
 * Tells data sets apart: SHA-256 of class names, prompts, and of pictures label, size, and path below their common folder,
 * so that a data set may be named otherwise or moved.
 */
public final class DataFingerprint {
    private DataFingerprint() {}

    /** Of everything in a data set. */
    public static String of(DataSet data) {
        return of(data, List.of(data.train(), data.validation(), data.test()));
    }

    /** @param parts of its pictures that count; empty ones count for nothing */
    static String of(DataSet data, List<List<LabelledImage>> parts) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            for (var name : data.classNames()) {
                digest.update((name + "\0").getBytes(StandardCharsets.UTF_8));
            }
            digest.update((data.templateKey() + "\0").getBytes(StandardCharsets.UTF_8));
            for (var part : parts) {
                if (!part.isEmpty()) {
                    add(digest, part);
                }
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }

    private static void add(MessageDigest digest, List<LabelledImage> images) {
        var paths = images.stream()
                .map(image -> image.path().toAbsolutePath().normalize())
                .toList();
        var depth = commonDepth(paths);
        for (var index = 0; index < paths.size(); index++) {
            var path = paths.get(index);
            var name = path.subpath(depth, path.getNameCount()).toString();
            digest.update((images.get(index).label() + " " + size(path) + " " + name + "\0")
                    .getBytes(StandardCharsets.UTF_8));
        }
    }
    /** How many names, counted from the root, all the folders of the files share. */
    private static int commonDepth(List<Path> files) {
        var folder = Objects.requireNonNull(files.getFirst().getParent());
        for (var file : files) {
            while (!file.startsWith(folder)) {
                folder = Objects.requireNonNull(folder.getParent());
            }
        }
        return folder.getNameCount();
    }

    /** A file that cannot be asked is named by the decoder, with what to do. */
    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException unreadable) {
            return -1;
        }
    }
}
