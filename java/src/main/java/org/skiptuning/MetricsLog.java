package org.skiptuning;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.skiptuning.files.AtomicFile;
import org.skiptuning.files.Folders;
import tools.jackson.core.JacksonException;

/** What every step of a run did, from its very first one on; one JSON line each. */
final class MetricsLog {
    private final List<Entry> entries;

    /**
     * One line.
     *
     * @param keptClasses how many classes the step trained against
     */
    record Entry(int epoch, long step, double loss, int keptClasses, LearningRates lr) {}

    private MetricsLog(List<Entry> entries) {
        this.entries = entries;
    }

    static MetricsLog empty() {
        return new MetricsLog(new ArrayList<>());
    }

    /**
     * The first {@code steps} lines of a file.
     *
     * @throws CheckpointException if there are fewer or they cannot be read
     */
    static MetricsLog read(Path file, long steps) {
        var entries = new ArrayList<Entry>();
        try (var lines = Files.lines(file)) {
            lines.limit(steps).forEach(line -> entries.add(SettingsJson.MAPPER.readValue(line, Entry.class)));
        } catch (IOException e) {
            throw new CheckpointException(
                    "Cannot read " + file + ": " + Folders.reason(e) + "; start the run again without resume", e);
        } catch (JacksonException e) {
            throw new CheckpointException("Unusable line in " + file + ": start the run again without resume", e);
        }
        if (entries.size() < steps) {
            throw new CheckpointException(file + " has " + entries.size() + " lines, but the run beside it has done "
                    + steps + " steps: start it again without resume");
        }
        return new MetricsLog(entries);
    }

    void add(StepMetrics metrics) {
        entries.add(new Entry(
                metrics.epoch(),
                metrics.step(),
                metrics.loss(),
                metrics.classes().size(),
                metrics.rates()));
    }

    long steps() {
        return entries.size();
    }

    /** Loss of the last step. */
    double lastLoss() {
        return entries.getLast().loss();
    }

    /** Mean loss of an epoch's steps. */
    double meanLoss(int epoch) {
        return entries.stream()
                .filter(entry -> entry.epoch() == epoch)
                .mapToDouble(Entry::loss)
                .average()
                .orElseThrow();
    }

    void write(Path file) {
        var text = new StringBuilder();
        for (var entry : entries) {
            text.append(SettingsJson.MAPPER.writeValueAsString(entry)).append('\n');
        }
        AtomicFile.write(file, text.toString());
    }
}
