package org.skiptuning;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
     * @param stepsPerEpoch says which epoch each step must be of
     * @throws CheckpointException if there are fewer, or one isn't what {@link #write} would have written
     */
    static MetricsLog read(Path file, long steps, int stepsPerEpoch) {
        var entries = new ArrayList<Entry>();
        try (var lines = Files.newBufferedReader(file)) {
            for (var line = lines.readLine(); line != null && entries.size() < steps; line = lines.readLine()) {
                entries.add(entry(line, entries.size(), stepsPerEpoch)
                        .orElseThrow(() -> new CheckpointException(
                                file + " is damaged in line " + (entries.size() + 1) + "; " + RunState.AFRESH)));
            }
        } catch (IOException e) {
            throw new CheckpointException("Cannot read " + file + ": " + Folders.reason(e) + "; " + RunState.AFRESH, e);
        }
        if (entries.size() < steps) {
            throw new CheckpointException(file + " has " + entries.size() + " lines, but the run beside it has done "
                    + steps + " steps; " + RunState.AFRESH);
        }
        return new MetricsLog(entries);
    }

    private static Optional<Entry> entry(String line, int step, int stepsPerEpoch) {
        try {
            return Optional.ofNullable(SettingsJson.MAPPER.readValue(line, Entry.class))
                    .filter(entry -> entry.step() == step && entry.epoch() == step / stepsPerEpoch)
                    .filter(entry -> Double.isFinite(entry.loss()));
        } catch (JacksonException damaged) {
            return Optional.empty();
        }
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

    /** Loss of the last step; none of a method without steps. */
    Optional<Double> lastLoss() {
        return entries.isEmpty()
                ? Optional.empty()
                : Optional.of(entries.getLast().loss());
    }

    /** Classes that the last step kept; {@code all} of a method without steps. */
    int lastKeptClasses(int all) {
        return entries.isEmpty() ? all : entries.getLast().keptClasses();
    }

    /** Mean loss of the last epoch's steps; none of a method without steps. */
    Optional<Double> lastEpochLoss() {
        return entries.isEmpty()
                ? Optional.empty()
                : Optional.of(meanLoss(entries.getLast().epoch()));
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
