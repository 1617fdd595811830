package org.skiptuning.data;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.skiptuning.CancelledException;
import org.skiptuning.DataSetException;
import org.skiptuning.Phase;
import org.skiptuning.ProgressListener;

/** Decodes pictures only to learn which of them cannot be. */
public final class PictureCheck {
    private static final long PROGRESS_MILLIS = 100;

    private final List<Path> files;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger done = new AtomicInteger();
    private final ConcurrentSkipListMap<Integer, BadPicture> bad = new ConcurrentSkipListMap<>();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final CountDownLatch finished;

    private PictureCheck(List<Path> files, int threads) {
        this.files = files;
        this.finished = new CountDownLatch(threads);
    }

    /**
     * Those that cannot be read, in the order given.
     *
     * @param progress hears {@link Phase#CHECK} on the caller's thread
     * @throws CancelledException if the thread is interrupted
     */
    public static List<BadPicture> unreadable(List<Path> files, int threads, ProgressListener progress) {
        var check = new PictureCheck(List.copyOf(files), threads);
        var workers = Workers.start(threads, check::work);
        try {
            check.await(progress);
        } finally {
            workers.stop();
        }
        var thrown = check.failure.get();
        if (thrown != null) {
            throw Workers.rethrow(thrown);
        }
        return List.copyOf(check.bad.values());
    }

    private void work() {
        try {
            for (var i = next.getAndIncrement(); i < files.size(); i = next.getAndIncrement()) {
                if (Thread.currentThread().isInterrupted()) {
                    return;
                }
                try (var picture = PictureDecoder.decode(files.get(i), DecodeOptions.DEFAULT)) {
                    done.incrementAndGet();
                } catch (DataSetException unreadable) {
                    bad.put(i, new BadPicture(files.get(i), String.valueOf(unreadable.getMessage())));
                    done.incrementAndGet();
                }
            }
        } catch (Throwable thrown) {
            failure.compareAndSet(null, thrown);
            next.set(files.size());
        } finally {
            finished.countDown();
        }
    }

    private void await(ProgressListener progress) {
        try {
            while (!finished.await(PROGRESS_MILLIS, TimeUnit.MILLISECONDS)) {
                progress.onProgress(Phase.CHECK, done.get(), files.size());
            }
            progress.onProgress(Phase.CHECK, done.get(), files.size());
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new CancelledException("Interrupted while " + Phase.CHECK);
        }
    }
}
