package org.skiptuning;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import org.skiptuning.files.Folders;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes one JSON line a step: {@code epoch} from 0, {@code images} (paths), {@code classes} (kept indices, ascending),
 * {@code loss} (every digit of the 32-bit float) and {@code lr} with {@code text} and {@code image}.
 *
 * <p>Each line is flushed at once. A new run begins a new file; a resumed one keeps the lines of the steps it has behind
 * it and drops any later ones, so that the file ends as that of an uninterrupted run.
 */
public final class TraceWriter implements TrainingListener, AutoCloseable {
    private final Path file;
    private @Nullable BufferedWriter writer;

    /**
     * @param file is touched when the run begins
     */
    public TraceWriter(Path file) {
        this.file = file;
    }

    /**
     * @throws SkipTuningException if the file cannot be written, or lacks lines of the steps done before
     */
    @Override
    public void onStart(long stepsDone, long totalSteps) {
        close();
        try {
            if (stepsDone > 0) {
                truncate(stepsDone);
                writer = Files.newBufferedWriter(file, StandardCharsets.UTF_8, StandardOpenOption.APPEND);
            } else {
                writer = Files.newBufferedWriter(file, StandardCharsets.UTF_8);
            }
        } catch (IOException e) {
            throw failed(e);
        }
    }

    @Override
    public void onStep(StepMetrics metrics) {
        var target = writer;
        if (target == null) {
            throw new IllegalStateException("The trace was closed or its run has not begun");
        }
        try {
            target.write(line(metrics) + "\n");
            target.flush();
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /** Closes the file; harmless when done twice. */
    @Override
    public void close() {
        var target = writer;
        writer = null;
        if (target != null) {
            try {
                target.close();
            } catch (IOException e) {
                throw failed(e);
            }
        }
    }

    /** Cuts the file after its first {@code lines} lines. */
    private void truncate(long lines) throws IOException {
        if (!Files.exists(file)) {
            throw new SkipTuningException(
                    "The trace " + file + " of the interrupted run is missing: put it back, or resume without a trace");
        }
        try (var channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            var buffer = ByteBuffer.allocate(1 << 16);
            var position = 0L;
            for (var found = 0L; found < lines; ) {
                buffer.clear();
                if (channel.read(buffer, position) < 0) {
                    throw new SkipTuningException("The trace " + file + " has " + found + " lines but the run has done "
                            + lines + " steps: resume without a trace, or start again");
                }
                buffer.flip();
                while (buffer.hasRemaining() && found < lines) {
                    position++;
                    found += buffer.get() == '\n' ? 1 : 0;
                }
            }
            channel.truncate(position);
        }
    }

    /** What is written for a step, without the line's end. */
    public static String line(StepMetrics metrics) {
        ObjectNode node = SettingsJson.MAPPER.createObjectNode();
        node.put("epoch", metrics.epoch());
        var images = node.putArray("images");
        metrics.images().forEach(path -> images.add(path.toString()));
        var classes = node.putArray("classes");
        metrics.classes().forEach(classes::add);
        // As a double, so that every digit of the float is there.
        node.put("loss", (double) metrics.loss());
        node.putObject("lr")
                .put("text", metrics.rates().text())
                .put("image", metrics.rates().image());
        return node.toString();
    }

    private SkipTuningException failed(IOException e) {
        return new SkipTuningException("Cannot write the trace " + file + ": " + Folders.reason(e), e);
    }
}
