package org.skiptuning.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.skiptuning.DataSetException;
import org.skiptuning.Precision;
import org.skiptuning.ProgressListener;
import org.skiptuning.SkipTuningException;
import org.skiptuning.benchmark.SweepEstimate;
import org.skiptuning.benchmark.job.DataReference;
import org.skiptuning.benchmark.job.Job;
import org.skiptuning.checkpoint.ClipConfiguration;
import org.skiptuning.data.DataSet;
import org.skiptuning.data.published.PublishedDataSets;
import org.skiptuning.files.Folders;
import org.skiptuning.report.Durations;
import org.skiptuning.report.Figures;
import org.skiptuning.report.Prose;
import org.skiptuning.speed.Machine;
import org.skiptuning.speed.MeasuredMachine;
import tools.jackson.core.JacksonException;

/**
 * How long a plan will take, and what it leaves on disk.
 *
 * @param machine for people
 * @param seconds by formula
 */
record PlanEstimate(String machine, double gemmGigaflops, double seconds, SweepEstimate cost, long bytes) {
    /** What a machine may multiply, GFLOP/s: from a clock of old to a room full of cards. */
    private static final double LEAST_RATE = 0.001;

    private static final double MOST_RATE = 1e9;

    private static final String NOT_A_MACHINE = " is not what skip-tuning speed --json FILE writes on a machine";

    /** Whose rates count: this machine's, or those that {@code speed --json} measured on another. */
    record Rates(String name, boolean isOfCard, double gemmGigaflops, int processors) {
        static Rates measured(CommonOptions common, ClipConfiguration shape) {
            String device = common.device().resolve().toString();
            var measured = MeasuredMachine.measure(device, common.threads(), common.precision(), shape);
            return new Rates(
                    Machine.processor() + (device.startsWith("cuda") ? " with a card" : ""),
                    device.startsWith("cuda"),
                    measured.gemmGigaflops(),
                    Machine.processors());
        }

        /** @throws SkipTuningException if the file is none of {@code speed --json}, or of another precision */
        static Rates read(Path file, Precision precision) {
            if (Files.exists(file) && !Files.isRegularFile(file)) {
                throw new SkipTuningException("--machine " + file + NOT_A_MACHINE);
            }
            try {
                var content = Json.read(Files.readString(file));
                var machine = content.path("machine");
                var measured = content.path("precision").asString("");
                var rate = machine.path("gemm_gflops").asDouble(0);
                if (measured.isEmpty()
                        || !(rate > LEAST_RATE && rate < MOST_RATE)
                        || machine.path("processors").asInt(0) < 1) {
                    throw new SkipTuningException("--machine " + file + NOT_A_MACHINE);
                }
                if (!measured.equals(precision.toString())) {
                    throw new SkipTuningException("--machine " + file + " was measured in " + Prose.plain(measured)
                            + ", and the sweep is in " + precision + ": give the same --precision, or another file");
                }
                String device = machine.path("device").asString("cpu");
                return new Rates(
                        Prose.plain(machine.path("processor").asString("another machine"))
                                + (device.startsWith("cuda") ? " with a card" : ""),
                        device.startsWith("cuda"),
                        rate,
                        machine.path("processors").asInt());
            } catch (IOException problem) {
                throw new SkipTuningException(
                        "--machine " + file + " cannot be read: " + Folders.reason(problem), problem);
            } catch (JacksonException problem) {
                throw new SkipTuningException("--machine " + file + NOT_A_MACHINE, problem);
            }
        }
    }

    /**
     * @param jobs that are still to be done
     * @param cards that share them, if the rates are a card's
     */
    static PlanEstimate of(
            List<Job> jobs,
            ClipConfiguration shape,
            Map<String, SweepEstimate.Size> sizes,
            Rates rates,
            Precision precision,
            int cards) {
        var cost = SweepEstimate.of(jobs, shape, sizes);
        var speed = new SweepEstimate.Speed(
                rates.gemmGigaflops(), precision, rates.processors(), rates.isOfCard() ? cards : 0);
        return new PlanEstimate(rates.name(), rates.gemmGigaflops(), cost.seconds(speed), cost, cost.bytes());
    }

    /**
     * How many classes and test pictures there are: as published, or counted.
     *
     * @return empty where a data set is not there to be counted
     */
    static Optional<Map<String, SweepEstimate.Size>> sizes(List<DataReference> references) {
        var sizes = new LinkedHashMap<String, SweepEstimate.Size>();
        for (DataReference reference : references) {
            try {
                sizes.put(reference.name(), size(reference));
            } catch (DataSetException notThere) {
                return Optional.empty();
            }
        }
        return Optional.of(sizes);
    }

    private static SweepEstimate.Size size(DataReference reference) {
        if (reference instanceof DataReference.Published published) {
            var counts = PublishedDataSets.find(published.name()).orElseThrow().counts();
            return new SweepEstimate.Size(counts.classes(), counts.test());
        }
        DataSet data = reference.open(ProgressListener.none());
        return new SweepEstimate.Size(data.classNames().size(), data.test().size());
    }

    void print(Output output) {
        output.line(
                "About %s on %s at %,.0f GFLOP/s (%s TFLOP in %,.0f steps, %,.0f pictures to prepare), by formula:"
                        + " it may take half or twice that. %s on disk.",
                Durations.rough(seconds),
                machine,
                gemmGigaflops,
                String.format(Locale.ROOT, "%,.0f", cost.gigaflops() / 1e3),
                cost.steps(),
                cost.pictures(),
                Figures.bytes(bytes));
    }

    Map<String, Object> json() {
        var object = new LinkedHashMap<String, Object>();
        object.put("machine", machine);
        object.put("gemm_gflops", gemmGigaflops);
        object.put("seconds", seconds);
        object.put("gflop", cost.gigaflops());
        object.put("steps", cost.steps());
        object.put("pictures", cost.pictures());
        object.put("disk_bytes", bytes);
        return object;
    }
}
