package org.skiptuning.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.skiptuning.SkipTuningException;

/** One run at a time writes to a folder, among all processes of a machine. */
public final class FolderLock implements AutoCloseable {
    private static final String NAME = ".lock";

    private final Path folder;
    private final FileChannel channel;

    private FolderLock(Path folder, FileChannel channel) {
        this.folder = folder;
        this.channel = channel;
    }

    /** @throws SkipTuningException if another run holds it, or the folder cannot be written to */
    public static FolderLock of(Path folder) {
        try {
            var channel = FileChannel.open(folder.resolve(NAME), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            try {
                if (channel.tryLock() != null) {
                    return new FolderLock(folder, channel);
                }
            } catch (OverlappingFileLockException e) {
                // Locked by this process: the same to the user as by another.
            } catch (Throwable failure) {
                channel.close();
                throw failure;
            }
            channel.close();
        } catch (IOException e) {
            throw new SkipTuningException("Cannot write in " + folder + ": " + Folders.reason(e), e);
        }
        throw new SkipTuningException(
                "Another run is writing to " + folder + ": wait for it, or choose another folder");
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new SkipTuningException("Cannot unlock " + folder + ": " + Folders.reason(e), e);
        }
    }
}
