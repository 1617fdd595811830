package org.skiptuning.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;
import org.skiptuning.DataSetException;
import org.skiptuning.ffi.NativeBuffer;
import org.skiptuning.ffi.NativePictures;

/**
 * Prepares batches of pixels on threads of its own, ahead of the one that takes them, and hands them out in order.
 *
 * <p>One thread takes batches. It closes the pipeline in the end, which waits for the threads.
 */
public final class PixelPipeline implements AutoCloseable {
    /**
     * How batches are made.
     *
     * @param threads platform threads that decode and resize
     * @param ahead batches that may be ready before they are taken, at least 1
     * @param skipBadPictures whether a picture that cannot be decoded is left out of its batch; else it is an error
     */
    public record Options(int threads, int ahead, boolean skipBadPictures) {
        public Options {
            if (threads < 1 || ahead < 1) {
                throw new IllegalArgumentException(threads + " threads, " + ahead + " batches ahead: 1 is the least");
            }
        }
    }

    private static final int NAMED_OTHERS = 2;

    private final PictureStore store;
    private final PixelFormat format;
    private final PictureTransform transform;
    private final List<int[]> plan;
    private final Options options;
    private final float[] means;
    private final float[] deviations;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Slot[] slots;
    private final List<BadPicture> skipped = new ArrayList<>();
    private final Workers workers;
    private int begunBatch;
    private int begunPlace;
    private int handedOut;
    private int released;
    private boolean closed;

    /** Room for one batch, used again and again. */
    private static final class Slot {
        private final NativeBuffer pixels;
        private int batch = -1;
        private int missing;
        private Throwable[] failures = {};

        Slot(NativeBuffer pixels) {
            this.pixels = pixels;
        }
    }

    private record Item(int batch, int place, Slot slot) {}

    /**
     * @param plan batches of indices in the store; none may be empty
     */
    public PixelPipeline(
            PictureStore store, PixelFormat format, PictureTransform transform, List<int[]> plan, Options options) {
        this.store = store;
        this.format = format;
        this.transform = transform;
        this.plan = plan.stream().map(int[]::clone).toList();
        this.options = options;
        means = format.means();
        deviations = format.deviations();
        var largest = 0;
        for (var batch : this.plan) {
            if (batch.length == 0) {
                throw new IllegalArgumentException("A batch without pictures");
            }
            largest = Math.max(largest, batch.length);
        }
        slots = new Slot[Math.min(options.ahead() + 1, this.plan.size())];
        for (var i = 0; i < slots.length; i++) {
            slots[i] = new Slot(NativeBuffer.allocate(format.bytes(largest)));
        }
        workers = Workers.start(options.threads(), this::work);
    }

    private void work() throws InterruptedException {
        for (var item = begin(); item.isPresent(); item = begin()) {
            Optional<Throwable> failure;
            try {
                prepare(item.get());
                failure = Optional.empty();
            } catch (InterruptedException stop) {
                throw stop;
            } catch (Throwable thrown) {
                failure = Optional.of(thrown);
            }
            end(item.get(), failure);
        }
    }

    /** The next picture to prepare, once there is room for its batch; none when all are begun. */
    private Optional<Item> begin() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (!closed && begunBatch < plan.size() && begunBatch >= released + slots.length) {
                changed.await();
            }
            if (closed || begunBatch == plan.size()) {
                return Optional.empty();
            }
            var slot = slots[begunBatch % slots.length];
            var pictures = plan.get(begunBatch);
            if (begunPlace == 0) {
                slot.batch = begunBatch;
                slot.missing = pictures.length;
                slot.failures = new Throwable[pictures.length];
            }
            var item = new Item(begunBatch, begunPlace, slot);
            begunPlace++;
            if (begunPlace == pictures.length) {
                begunBatch++;
                begunPlace = 0;
            }
            return Optional.of(item);
        } finally {
            lock.unlock();
        }
    }

    private void prepare(Item item) throws InterruptedException {
        var index = plan.get(item.batch())[item.place()];
        try (var lease = store.acquire(index)) {
            var picture = lease.picture();
            var placement = transform.place(picture.width(), picture.height(), index);
            requireSides(store.file(index), picture, placement);
            var source = picture.placed(placement);
            var target = item.slot().pixels.slice(format.bytes(item.place()), format.bytes(1));
            NativePictures.prepare(List.of(source), format.size(), means, deviations, 1, target);
        }
    }

    /** A picture that is very long and thin would become far longer. */
    private static void requireSides(Path file, DecodedPicture picture, Placement placement) {
        var longest = Math.max(
                Math.max(picture.width(), picture.height()),
                Math.max(placement.resizedWidth(), placement.resizedHeight()));
        if (longest > NativePictures.LONGEST_SIDE) {
            throw new DataSetException("The picture " + file + " of " + picture.width() + "x" + picture.height()
                    + " pixels is too long and thin to be resized to " + placement.resizedWidth() + "x"
                    + placement.resizedHeight() + ": crop or remove it");
        }
    }

    private void end(Item item, Optional<Throwable> failure) {
        lock.lock();
        try {
            failure.ifPresent(thrown -> item.slot().failures[item.place()] = thrown);
            item.slot().missing--;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * The next batch, once it is ready; the one before may be overwritten from now on.
     *
     * @return empty after the last batch
     * @throws DataSetException naming the file, if a picture of the batch cannot be decoded; the pipeline is closed then
     * @throws InterruptedException if the thread is interrupted; the pipeline is closed and its threads have ended then
     */
    public Optional<PixelBatch> next() throws InterruptedException {
        try {
            var slot = take();
            return slot.isEmpty() ? Optional.empty() : Optional.of(batch(slot.get()));
        } catch (Throwable failure) {
            close();
            throw failure;
        }
    }

    private Optional<Slot> take() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            if (closed) {
                throw new IllegalStateException("The pipeline is closed");
            }
            released = handedOut;
            changed.signalAll();
            if (handedOut == plan.size()) {
                return Optional.empty();
            }
            var slot = slots[handedOut % slots.length];
            while (slot.batch != handedOut || slot.missing > 0) {
                changed.await();
            }
            handedOut++;
            return Optional.of(slot);
        } finally {
            lock.unlock();
        }
    }

    /** Moves what is good together, or throws the first failure. */
    private PixelBatch batch(Slot slot) {
        var pictures = plan.get(slot.batch);
        var good = new ArrayList<Integer>(pictures.length);
        for (var place = 0; place < pictures.length; place++) {
            var failure = slot.failures[place];
            if (failure == null) {
                if (good.size() < place) {
                    slot.pixels.copyFrom(format.bytes(good.size()), slot.pixels, format.bytes(place), format.bytes(1));
                }
                good.add(pictures[place]);
            } else if (options.skipBadPictures() && failure instanceof DataSetException bad) {
                skipped.add(new BadPicture(store.file(pictures[place]), String.valueOf(bad.getMessage())));
            } else {
                throw failure(slot, place);
            }
        }
        return new PixelBatch(List.copyOf(good), slot.pixels.slice(0, format.bytes(good.size())));
    }

    /** The first failure, which names some of the other bad pictures of its batch: who has one often has many. */
    private RuntimeException failure(Slot slot, int first) {
        if (!(slot.failures[first] instanceof DataSetException bad)) {
            return Workers.rethrow(slot.failures[first]);
        }
        var pictures = plan.get(slot.batch);
        var others = IntStream.range(first + 1, pictures.length)
                .filter(place -> slot.failures[place] instanceof DataSetException)
                .mapToObj(place -> store.file(pictures[place]).toString())
                .distinct()
                .toList();
        if (others.isEmpty()) {
            return bad;
        }
        var unnamed = others.size() - NAMED_OTHERS;
        return new DataSetException(
                bad.getMessage() + "; also unreadable: "
                        + String.join(", ", others.subList(0, Math.min(others.size(), NAMED_OTHERS)))
                        + (unnamed > 0 ? " and at least " + unnamed + " more" : ""),
                bad);
    }

    /** The pictures left out of the batches handed out so far, in their order. */
    public List<BadPicture> skipped() {
        return List.copyOf(skipped);
    }

    /** Stops and joins the threads; a second call does nothing. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        workers.stop();
        Arrays.stream(slots).forEach(slot -> slot.pixels.close());
    }
}
