package org.skiptuning;

import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.skiptuning.checkpoint.Checkpoint;
import org.skiptuning.ffi.NativeContext;
import org.skiptuning.files.Aside;

/**
 * An open checkpoint and the device it was put on, kept until the last model that uses them is closed: an original and
 * those fine-tuned from it share the mapped weights.
 */
final class SharedCheckpoint {
    private final Checkpoint checkpoint;
    private final NativeContext context;
    private final UseCount uses = new UseCount(this::free);
    private final Set<Path> namedPictures = ConcurrentHashMap.newKeySet();
    private String contentHash = "";

    private SharedCheckpoint(Checkpoint checkpoint, NativeContext context) {
        this.checkpoint = checkpoint;
        this.context = context;
    }

    /** Open, with the caller as its first user. */
    static SharedCheckpoint open(Path path, LoadOptions options) {
        Checkpoint.requireThere(path);
        // LibTorch takes as long to load as a checkpoint takes to be read, on a thread each.
        var device = Aside.begin("skip-tuning-device", () -> Devices.open(options));
        Checkpoint checkpoint;
        try {
            checkpoint = Checkpoint.open(path, options.configName());
        } catch (Throwable failure) {
            device.discard(NativeContext::close);
            throw failure;
        }
        try {
            return new SharedCheckpoint(checkpoint, device.get());
        } catch (Throwable failure) {
            checkpoint.close();
            throw failure;
        }
    }

    Checkpoint checkpoint() {
        return checkpoint;
    }

    /** SHA-256 of the file of weights, read through once. */
    synchronized String contentHash() {
        if (contentHash.isEmpty()) {
            contentHash = checkpoint.contentHash();
        }
        return contentHash;
    }

    NativeContext context() {
        return context;
    }

    /** Whether a picture that is left out is named for the first time: a run evaluates twice. */
    boolean isNewlyNamed(Path picture) {
        return namedPictures.add(picture);
    }

    /** Counts another user, who must {@link #release}. */
    void retain() {
        uses.retain();
    }

    void release() {
        uses.release();
    }

    private void free() {
        try (checkpoint) {
            context.close();
        }
    }
}
