package org.skiptuning.benchmark.job;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import org.skiptuning.EpochMetrics;
import org.skiptuning.SkipTuningException;
import org.skiptuning.files.Folders;

/** A run's {@code metrics.jsonl}, a line an epoch, and {@code log.txt}, what a user should hear. */
final class JobLog implements AutoCloseable {
    private final BufferedWriter metrics;
    private final BufferedWriter log;

    private JobLog(BufferedWriter metrics, BufferedWriter log) {
        this.metrics = metrics;
        this.log = log;
    }

    static JobLog open(Path folder, Job job) {
        try {
            return new JobLog(
                    Files.newBufferedWriter(folder.resolve(job.file("metrics.jsonl"))),
                    Files.newBufferedWriter(folder.resolve(job.file("log.txt"))));
        } catch (IOException failure) {
            throw new SkipTuningException("Cannot write in " + folder + ": " + Folders.reason(failure), failure);
        }
    }

    void epoch(EpochMetrics epoch) {
        var line = new LinkedHashMap<String, Object>();
        line.put("epoch", epoch.epoch());
        line.put("steps", epoch.steps());
        line.put("mean_loss", epoch.meanLoss());
        line.put("text_learning_rate", epoch.rates().text());
        line.put("image_learning_rate", epoch.rates().image());
        line.put("seconds", epoch.seconds());
        write(metrics, JobFiles.JSON.writeValueAsString(line));
    }

    void line(String text) {
        write(log, text);
    }

    private static void write(BufferedWriter writer, String line) {
        try {
            writer.write(line);
            writer.newLine();
            writer.flush();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public void close() {
        try (metrics;
                log) {
            // both, whatever the first does
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
