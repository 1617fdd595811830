package org.skiptuning.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileStore;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.skiptuning.SkipTuningException;

/**
 * Files that appear whole or not at all: written beside their place, synchronised, then moved onto it.
 *
 * <p>A file that is mapped elsewhere stays what it was for that reader. Of several writers of one file the last one wins.
 * What a killed process left is removed by the next write to the same place; a day later, if it was a process of another
 * machine or container.
 */
public final class AtomicFile {
    private static final String SUFFIX = ".partial";
    /** Numbers of processes mean something only among those that have the same. */
    private static final String PROCESSES = processes();

    private static final String OWNER =
            PROCESSES + "-" + ProcessHandle.current().pid() + "-";
    private static final AtomicLong WRITES = new AtomicLong();

    private AtomicFile() {}

    /** Writes the content of one file. */
    @FunctionalInterface
    public interface Content {
        void writeTo(FileChannel channel) throws IOException;
    }

    /**
     * A link stays one, and its target gets the content; a device or a pipe is written through, never replaced.
     *
     * @throws SkipTuningException if the disk is full or the folder cannot be written; nothing is left behind
     */
    public static void write(Path given, Content content) {
        try {
            if (Files.exists(given) && !Files.isRegularFile(given)) {
                writeThrough(given, content);
                return;
            }
            replace(Files.exists(given) ? given.toRealPath() : given, content);
        } catch (IOException failure) {
            throw new SkipTuningException(given + " cannot be written: " + Folders.reason(failure), failure);
        }
    }

    private static void writeThrough(Path device, Content content) throws IOException {
        try (var channel = FileChannel.open(device, StandardOpenOption.WRITE)) {
            content.writeTo(channel);
        } catch (IOException failure) {
            throw isDiskFull(failure)
                    ? new FileSystemException(device.toString(), null, "no space left on the disk")
                    : failure;
        }
    }

    private static boolean isDiskFull(IOException failure) {
        var reason = String.valueOf(failure.getMessage());
        return reason.contains("No space left") || reason.contains("quota");
    }

    private static void replace(Path file, Content content) {
        var folder = Objects.requireNonNull(file.toAbsolutePath().getParent(), "a file has a folder");
        var partial = folder.resolve(prefix(file) + OWNER + WRITES.incrementAndGet() + SUFFIX);
        try {
            Files.createDirectories(folder);
            removeAbandoned(folder, prefix(file));
            try (var channel = FileChannel.open(
                    partial,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.TRUNCATE_EXISTING)) {
                content.writeTo(channel);
                channel.force(true);
            }
            Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            synchronise(folder);
        } catch (IOException failure) {
            deleteQuietly(partial);
            throw new SkipTuningException(message(file, folder, failure), failure);
        } catch (RuntimeException | Error failure) {
            deleteQuietly(partial);
            throw failure;
        }
    }

    public static void write(Path file, byte[] content) {
        write(file, channel -> writeFully(channel, ByteBuffer.wrap(content)));
    }

    public static void write(Path file, String text) {
        write(file, text.getBytes(StandardCharsets.UTF_8));
    }

    public static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private static String prefix(Path file) {
        return "." + file.getFileName() + ".";
    }

    /** Removes what processes left that were killed while they wrote this file; what cannot be removed stays. */
    public static void removeAbandoned(Path file) {
        var folder = Objects.requireNonNull(file.toAbsolutePath().getParent(), "a file has a folder");
        try {
            removeAbandoned(folder, prefix(file));
        } catch (IOException ignored) {
            return;
        }
    }

    private static void removeAbandoned(Path folder, String prefix) throws IOException {
        try (var files = Files.newDirectoryStream(folder)) {
            for (var file : files) {
                var name = file.getFileName().toString();
                if (name.startsWith(prefix)
                        && name.endsWith(SUFFIX)
                        && (isOfDeadProcess(name.substring(prefix.length())) || Folders.isAbandoned(file))) {
                    deleteQuietly(file);
                }
            }
        }
    }

    /** @param owner begins like {@link #OWNER} */
    private static boolean isOfDeadProcess(String owner) {
        var parts = owner.split("-");
        return parts.length == 3
                && parts[0].equals(PROCESSES)
                && parts[1].matches("\\d{1,9}")
                && ProcessHandle.of(Long.parseLong(parts[1])).isEmpty();
    }

    /** Tells this boot of this machine, and this container on it, from others. */
    private static String processes() {
        try {
            var boot = Files.readString(Path.of("/proc/sys/kernel/random/boot_id"));
            var space = Files.readSymbolicLink(Path.of("/proc/self/ns/pid"));
            return Integer.toHexString((boot + space).hashCode());
        } catch (IOException | UnsupportedOperationException unknown) {
            return Integer.toHexString(ThreadLocalRandom.current().nextInt()); // like no other
        }
    }

    /** Makes the move itself durable; not every file system lets a folder be opened for that. */
    private static void synchronise(Path folder) {
        try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException ignored) {
            return;
        }
    }

    private static void deleteQuietly(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException ignored) {
            return;
        }
    }

    private static String message(Path file, Path folder, IOException failure) {
        if (isDiskFull(failure)) {
            return "No space left on the disk for " + file + free(folder) + ": free some, or choose another folder";
        }
        if (failure instanceof AccessDeniedException) {
            return file + " cannot be written: no permission in " + folder + "; choose another folder";
        }
        return file + " cannot be written: " + Folders.reason(failure);
    }

    private static String free(Path folder) {
        try {
            FileStore store = Files.getFileStore(folder);
            return " (" + store.getUsableSpace() / (1 << 20) + " MiB are free in " + folder + ")";
        } catch (IOException unknown) {
            return "";
        }
    }
}
