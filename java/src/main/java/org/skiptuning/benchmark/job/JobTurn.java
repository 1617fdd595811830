package org.skiptuning.benchmark.job;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.skiptuning.CancelledException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a second command that shares the folder from doing a job meanwhile. Where the file system has no locks both do it,
 * and come to the same.
 */
final class JobTurn implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(JobTurn.class);
    private static final int MILLISECONDS_BETWEEN_LOOKS = 100;
    private static final int LOOKS_BEFORE_TELLING = 50;

    private final Path file;
    private final @Nullable FileChannel channel;

    private JobTurn(Path file, @Nullable FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Waits until nobody else is at the job; who comes later should look whether it is done.
     *
     * @throws CancelledException if the thread is interrupted
     */
    static JobTurn await(Path folder, Job job) {
        var file = folder.resolve(job.file(".running"));
        try {
            var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            for (var looks = 0; tryLock(channel).isEmpty(); looks++) {
                if (looks == LOOKS_BEFORE_TELLING) {
                    LOG.warn("Waiting for another command, which is at {} and holds {}", job.title(), file);
                }
                Thread.sleep(MILLISECONDS_BETWEEN_LOOKS);
            }
            return new JobTurn(file, channel);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new CancelledException("Interrupted while another command did " + job.title());
        } catch (IOException withoutLocks) {
            return new JobTurn(file, null);
        }
    }

    private static Optional<FileLock> tryLock(FileChannel channel) throws IOException {
        try {
            return Optional.ofNullable(channel.tryLock());
        } catch (OverlappingFileLockException here) { // another thread of this process
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        if (channel != null) {
            try (channel) {
                Files.deleteIfExists(file);
            } catch (IOException stays) {
                return; // an empty file more
            }
        }
    }
}
