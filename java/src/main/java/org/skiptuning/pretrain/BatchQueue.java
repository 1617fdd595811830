package org.skiptuning.pretrain;

import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.skiptuning.SkipTuningException;

/** Makes batches one step ahead of the training, on one thread. */
final class BatchQueue implements AutoCloseable {
    private static final int AHEAD = 2;

    private final BatchMaker maker;
    private final int end;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(work -> {
        var made = new Thread(work, "pretrain-batches");
        made.setDaemon(true);
        return made;
    });
    private final Queue<Future<Batch>> waiting = new ArrayDeque<>();
    private int next;

    /** Batches of the steps from {@code first} to before {@code end}, in order. */
    BatchQueue(BatchMaker maker, int first, int end) {
        this.maker = maker;
        this.next = first;
        this.end = end;
        fill();
    }

    private void fill() {
        while (waiting.size() < AHEAD && next < end) {
            var step = next++;
            waiting.add(thread.submit(() -> maker.make(step)));
        }
    }

    /** The next batch, which the caller closes. */
    Batch take() throws InterruptedException {
        try {
            var batch = waiting.element().get();
            waiting.remove();
            fill();
            return batch;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new SkipTuningException(
                    "A batch can't be made: "
                            + Objects.requireNonNull(e.getCause()).getMessage(),
                    e.getCause());
        }
    }

    /** Waits for the batches under way and gives their memory back. */
    @Override
    public void close() {
        thread.close();
        for (var future : waiting) {
            if (future.state() == Future.State.SUCCESS) {
                future.resultNow().close();
            }
        }
    }
}
