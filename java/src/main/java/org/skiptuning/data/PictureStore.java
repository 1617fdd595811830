package org.skiptuning.data;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.skiptuning.DataSetException;

/**
 * Decoded pictures, each kept from its first use on while the budget lasts; beyond it those used longest ago go.
 *
 * <p>Any number of threads may use it. A picture that two ask for at once is decoded once.
 */
public final class PictureStore implements AutoCloseable {
    private final List<Path> files;
    private final DecodeOptions options;
    private final long budget;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition decoded = lock.newCondition();
    private final Map<Integer, Entry> entries = new LinkedHashMap<>(16, 0.75f, true); // least recently used first
    private final Set<Integer> decoding = new HashSet<>();
    private long bytes;
    private boolean closed;

    private static final class Entry {
        private final DecodedPicture picture;
        private int users;

        Entry(DecodedPicture picture) {
            this.picture = picture;
        }
    }

    /**
     * @param files one a picture, whose index is its place in this list
     * @param budget bytes of decoded pixels (3 a pixel) to keep; pictures in use come on top
     */
    public PictureStore(List<Path> files, DecodeOptions options, long budget) {
        if (budget < 0) {
            throw new IllegalArgumentException("A budget of " + budget + " bytes");
        }
        this.files = List.copyOf(files);
        this.options = options;
        this.budget = budget;
    }

    /** A quarter of this machine's memory, or of the container's. */
    public static long defaultBudget() {
        var system = ManagementFactory.getOperatingSystemMXBean();
        return system instanceof com.sun.management.OperatingSystemMXBean machine
                ? machine.getTotalMemorySize() / 4
                : Runtime.getRuntime().maxMemory();
    }

    public int size() {
        return files.size();
    }

    public Path file(int index) {
        return files.get(index);
    }

    /** The bytes of pixels held now. */
    long heldBytes() {
        lock.lock();
        try {
            return bytes;
        } finally {
            lock.unlock();
        }
    }

    /**
     * A picture, decoded now if it is not held; it stays until the lease is closed.
     *
     * @throws DataSetException naming the file, if it cannot be decoded
     * @throws InterruptedException if the thread is interrupted while another decodes the same picture
     */
    public Lease acquire(int index) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (true) {
                requireOpen();
                var held = entries.get(index);
                if (held != null) {
                    held.users++;
                    return new Lease(held);
                }
                if (decoding.add(index)) {
                    break;
                }
                decoded.await();
            }
        } finally {
            lock.unlock();
        }
        return new Lease(decode(index));
    }

    private Entry decode(int index) {
        Entry entry;
        try {
            entry = new Entry(PictureDecoder.decode(files.get(index), options));
        } catch (Throwable failure) {
            finish(index);
            throw failure;
        }
        lock.lock();
        try {
            finish(index);
            if (closed) {
                entry.picture.close();
                requireOpen();
            }
            entries.put(index, entry);
            bytes += entry.picture.bytes();
            entry.users = 1;
            evict();
            return entry;
        } finally {
            lock.unlock();
        }
    }

    private void finish(int index) {
        lock.lock();
        try {
            decoding.remove(index);
            decoded.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void evict() {
        Iterator<Entry> oldest = entries.values().iterator();
        while (oldest.hasNext() && (closed || bytes > budget)) {
            var entry = oldest.next();
            if (entry.users == 0) {
                oldest.remove();
                bytes -= entry.picture.bytes();
                entry.picture.close();
            }
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("The pictures are closed");
        }
    }

    /** The use of a picture. */
    public final class Lease implements AutoCloseable {
        private final Entry entry;
        private boolean released;

        private Lease(Entry entry) {
            this.entry = entry;
        }

        public DecodedPicture picture() {
            return entry.picture;
        }

        /** A second call does nothing. */
        @Override
        public void close() {
            lock.lock();
            try {
                if (!released) {
                    released = true;
                    entry.users--;
                    evict();
                }
            } finally {
                lock.unlock();
            }
        }
    }

    /** Ends all pictures but those in use, which end with their leases. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            evict();
            decoded.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
