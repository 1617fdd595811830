package org.skiptuning.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import org.skiptuning.SkipTuningException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Folders, and what to tell a user when the file system refuses. */
public final class Folders {
    private static final Logger LOG = LoggerFactory.getLogger(Folders.class);
    private static final Duration ABANDONED = Duration.ofDays(1);

    private Folders() {}

    /**
     * Makes a folder with its parents.
     *
     * @throws SkipTuningException if something else is in the way or the file system refuses
     */
    public static void create(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new SkipTuningException("Cannot make the folder " + folder + ": " + reason(e), e);
        }
    }

    /**
     * Files and folders in it.
     *
     * @throws SkipTuningException if it cannot be read
     */
    public static long count(Path folder) {
        try (var entries = Files.list(folder)) {
            return entries.count();
        } catch (IOException e) {
            throw new SkipTuningException("Cannot read " + folder + ": " + reason(e), e);
        }
    }

    /** @throws SkipTuningException if it cannot be read */
    public static boolean isEmpty(Path folder) {
        try (var entries = Files.list(folder)) {
            return entries.findAny().isEmpty();
        } catch (IOException e) {
            throw new SkipTuningException("Cannot read " + folder + ": " + reason(e), e);
        }
    }

    /** What went wrong in a few words, where Java's message would only repeat the path. */
    public static String reason(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "no such file or folder";
        }
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (e instanceof FileAlreadyExistsException) {
            return "a file is in the way";
        }
        if (e instanceof CharacterCodingException) {
            return "it isn't text in UTF-8";
        }
        var reason = e instanceof FileSystemException system ? system.getReason() : null;
        return reason != null ? reason : String.valueOf(e.getMessage());
    }

    /** Why {@link java.nio.file.Files#exists} denies a path, to be said behind it. */
    public static String absence(Path path) {
        try {
            path.getFileSystem().provider().checkAccess(path);
            return "does not exist";
        } catch (NoSuchFileException e) {
            return Files.isSymbolicLink(path) ? "is a link to something that does not exist" : "does not exist";
        } catch (IOException e) {
            return "cannot be reached: " + reason(e);
        }
    }

    /**
     * Removes a folder with all that is in it; nothing happens where there is none.
     *
     * @throws IOException if something cannot be removed
     */
    public static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (var paths = Files.walk(folder)) {
            for (var path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    /**
     * Moves a finished folder to its name, so that it appears whole or not at all; where another process was first, that
     * one's stays and {@code part} does too.
     */
    public static void moveIntoPlace(Path part, Path folder) throws IOException {
        try {
            Files.move(part, folder, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException exists) { // that a folder isn't empty is no exception of its own here
            if (!Files.isDirectory(folder)) {
                throw exists;
            }
        }
    }

    /** Deletes what processes that were killed left half done: all with {@code mark} in the name that is a day old. */
    public static void deleteAbandoned(Path parent, String mark) throws IOException {
        try (var paths = Files.newDirectoryStream(parent)) {
            for (var path : paths) {
                if (path.getFileName().toString().contains(mark) && isAbandoned(path)) {
                    deleteQuietly(path);
                }
            }
        }
    }

    /** By age, which also holds for a process in another container or on another host. */
    static boolean isAbandoned(Path path) {
        try {
            return Files.getLastModifiedTime(path)
                    .toInstant()
                    .isBefore(Instant.now().minus(ABANDONED));
        } catch (IOException gone) {
            return false;
        }
    }

    /** Removes a folder; what cannot be removed stays. */
    public static void deleteQuietly(Path folder) {
        try {
            delete(folder);
        } catch (IOException | UncheckedIOException e) {
            LOG.debug("left {} behind", folder, e);
        }
    }
}
