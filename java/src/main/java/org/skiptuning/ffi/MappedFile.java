package org.skiptuning.ffi;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.skiptuning.SkipTuningException;
import org.skiptuning.files.Folders;

/**
 * A file mapped into memory, read only, of any size.
 *
 * <p>Slices are views without a copy; they end when the file is closed. The mapping outlives the close as long as a
 * native model still reads from it. NOTE: nobody may shorten or rewrite the file while it is mapped.
 */
public final class MappedFile implements AutoCloseable {
    private final NativeBuffer contents;
    private final Lifetime lifetime;

    private MappedFile(NativeBuffer contents, Lifetime lifetime) {
        this.contents = contents;
        this.lifetime = lifetime;
    }

    /** @throws SkipTuningException if the file is missing or cannot be read; names it */
    public static MappedFile open(Path file) {
        var arena = Arena.ofShared();
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            var segment = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
            var lifetime = new Lifetime("The mapped file " + file, arena::close);
            return new MappedFile(NativeBuffer.view(segment, lifetime), lifetime);
        } catch (NoSuchFileException missing) {
            arena.close();
            throw new SkipTuningException("There is no file " + file, missing);
        } catch (IOException failure) {
            arena.close();
            throw new SkipTuningException("The file " + file + " cannot be read: " + Folders.reason(failure), failure);
        } catch (OutOfMemoryError failure) {
            arena.close();
            throw new SkipTuningException("The file " + file + " cannot be read: " + failure.getMessage(), failure);
        }
    }

    public long size() {
        return contents.size();
    }

    public byte byteAt(long offset) {
        return contents.getByte(offset);
    }

    /** Little endian, at any alignment. */
    public int intAt(long offset) {
        return contents.getInt(offset);
    }

    /** Little endian, at any alignment. */
    public long longAt(long offset) {
        return contents.getLong(offset);
    }

    /** Reads {@code length} bytes into {@code target} from index {@code from} on. */
    public void copyTo(long offset, byte[] target, int from, int length) {
        contents.copyTo(offset, target, from, length);
    }

    /** A view of {@code length} bytes from {@code offset} on; writing to it is an error. */
    public NativeBuffer slice(long offset, long length) {
        return contents.slice(offset, length);
    }

    @Override
    public void close() {
        lifetime.close();
    }
}
