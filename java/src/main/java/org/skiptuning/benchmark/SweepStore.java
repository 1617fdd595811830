package org.skiptuning.benchmark;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.skiptuning.Method;
import org.skiptuning.SkipTuning;
import org.skiptuning.SkipTuningException;
import org.skiptuning.benchmark.job.Job;
import org.skiptuning.benchmark.job.JobFiles;
import org.skiptuning.benchmark.job.JobOutcome;
import org.skiptuning.benchmark.job.JobStore;
import org.skiptuning.files.Folders;
import org.skiptuning.report.Prose;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A sweep's folder: what all its runs hang on, {@value #KIND}; the runs; and a file for each finished row, beside its
 * runs, which says what they have in common, so that a later sweep adds its seeds.
 */
final class SweepStore {
    private static final String KIND = "sweep.json";
    private static final String ANOTHER = "; name another --output";

    private final Path folder;
    private final JobStore jobs;

    private SweepStore(Path folder) {
        this.folder = folder;
        this.jobs = new JobStore(folder);
    }

    /**
     * What a row's runs have in common.
     *
     * @param recipe the settings without seed and factor
     */
    private record StoredRow(
            String task,
            Method method,
            String variant,
            int shots,
            List<Double> rateFactors,
            double rateFactor,
            Optional<Long> chosenBySeed,
            List<Long> seeds,
            List<String> runs,
            boolean comparable,
            JsonNode recipe) {
        StoredRow {
            Stream.of(task, method, variant, chosenBySeed, rateFactors, seeds, runs, recipe)
                    .forEach(Objects::requireNonNull);
            if (rateFactors.isEmpty()
                    || seeds.isEmpty()
                    || seeds.size() != runs.size()
                    || Set.copyOf(seeds).size() != seeds.size()
                    || !recipe.isObject()
                    || !rateFactors.contains(rateFactor)) {
                throw new IllegalArgumentException("a row without factors, seeds, runs or recipe");
            }
            rateFactors = List.copyOf(rateFactors);
            seeds = List.copyOf(seeds);
            runs = List.copyOf(runs);
        }
    }

    /**
     * Says whether a folder takes a sweep, and leaves it as it is.
     *
     * @param kind what all results hang on beside their settings, by name
     * @throws SkipTuningException if it holds a sweep of another kind, naming what differs; or what is none
     */
    static void check(Path folder, Map<String, String> kind) {
        var file = folder.resolve(KIND);
        if (!Files.isRegularFile(file)) {
            // Another shard may have begun it just now, and its file be on the way to its place.
            if (!entries(folder, "(?!results\\.jsonl)[^.].*").isEmpty() && !Files.isRegularFile(file)) {
                throw new SkipTuningException(
                        folder + " holds files that no sweep made: name a new or an empty folder");
            }
            return;
        }
        var differences = JobFiles.differences(kindIn(file), JobFiles.JSON.valueToTree(kind));
        if (!differences.isEmpty()) {
            throw new SkipTuningException(
                    folder + " holds a sweep with " + Prose.list(differences) + ANOTHER + ", or give the same");
        }
    }

    private static JsonNode kindIn(Path file) {
        try {
            return JobFiles.read(file);
        } catch (SkipTuningException damaged) {
            throw damaged.getCause() instanceof FileSystemException
                    ? damaged
                    : new SkipTuningException(
                            file + " is damaged, so that nobody knows what sweep it is of: name another --output",
                            damaged);
        }
    }

    /** Opens a sweep's folder, or begins one; throws as {@link #check}. */
    static SweepStore open(Path folder, Map<String, String> kind) {
        check(folder, kind);
        Folders.create(folder);
        var store = new SweepStore(folder);
        return store.jobs.exclusively(() -> {
            check(folder, kind); // another may have begun meanwhile
            JobFiles.write(folder.resolve(KIND), kind);
            return store;
        });
    }

    static boolean isAt(Path folder) {
        return Files.isRegularFile(folder.resolve(KIND));
    }

    /** A sweep's folder as it is; empty where none has begun; throws as {@link #check}. */
    static Optional<SweepStore> find(Path folder, Map<String, String> kind) {
        check(folder, kind);
        return isAt(folder) ? Optional.of(new SweepStore(folder)) : Optional.empty();
    }

    JobStore jobs() {
        return jobs;
    }

    /**
     * So that a later sweep in this folder has it, too; with the seeds that another one added meanwhile. Where that one
     * chose another factor its row stays.
     *
     * @return the row that is there now
     */
    SweepRow keep(SweepPlan plan, SweepPlan.Place place, SweepRow row) {
        return jobs.exclusively(() -> {
            var there = find(plan, place);
            var kept = there.map(meanwhile ->
                            meanwhile.rateFactor() == row.rateFactor() ? row.grownBy(meanwhile) : meanwhile)
                    .orElse(row);
            if (!there.equals(Optional.of(kept))) {
                write(plan, place, kept);
            }
            return kept;
        });
    }

    private void write(SweepPlan plan, SweepPlan.Place place, SweepRow row) {
        JobFiles.write(
                file(plan, place),
                new StoredRow(
                        row.task(),
                        row.entrant().method(),
                        row.entrant().variant(),
                        row.shots(),
                        row.rateFactors(),
                        row.rateFactor(),
                        row.chosenBySeed(),
                        row.seeds(),
                        row.seeds().stream()
                                .map(seed -> plan.measurement(place, seed, row.rateFactor()))
                                .map(job -> job.folder() + "/" + job.resultFile())
                                .toList(),
                        row.comparable(),
                        withoutSeed(plan, place)));
    }

    /**
     * The row that a place would add to.
     *
     * @throws SkipTuningException if the folder has one of other settings; names what differs
     */
    Optional<SweepRow> find(SweepPlan plan, SweepPlan.Place place) {
        var file = file(plan, place);
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        var differences = JobFiles.differences(JobFiles.read(file).path("recipe"), withoutSeed(plan, place));
        if (!differences.isEmpty()) {
            throw new SkipTuningException(file.getParent() + " holds runs with " + Prose.list(differences) + ANOTHER);
        }
        return row(file);
    }

    /** All whose runs are still there. */
    List<SweepRow> rows() {
        var rows = new ArrayList<SweepRow>();
        for (var task : entries(folder, ".*")) {
            for (var entrant : entries(task, ".*")) {
                for (var shots : entries(entrant, "\\d+-shots")) {
                    entries(shots, "row-.*\\.json").forEach(file -> row(file).ifPresent(rows::add));
                }
            }
        }
        return rows;
    }

    /** The untouched model's figures by task, of whatever sweep they were. */
    Map<String, JobOutcome> zeroShot() {
        var outcomes = new TreeMap<String, JobOutcome>();
        for (var task : entries(folder, "[^.].*")) {
            var file = task.resolve("zero-shot").resolve("result.json");
            if (Files.isRegularFile(file)) {
                outcomes.put(
                        String.valueOf(task.getFileName()),
                        JobStore.result(file).outcome());
            }
        }
        return outcomes;
    }

    /** With the runs that are still there; empty without any. */
    private Optional<SweepRow> row(Path file) {
        var stored = JobFiles.parsed(file, JobFiles.read(file), StoredRow.class);
        if (!isAtItsPlace(stored, file)) {
            throw JobFiles.unreadable(file, null);
        }
        var outcomes = new TreeMap<Long, JobOutcome>();
        for (var index = 0; index < stored.runs().size(); index++) {
            var run = JobStore.below(folder, stored.runs().get(index));
            if (Files.isRegularFile(run)) {
                outcomes.put(
                        stored.seeds().get(index),
                        outcome(stored, stored.seeds().get(index), run));
            }
        }
        return outcomes.isEmpty()
                ? Optional.empty()
                : Optional.of(new SweepRow(
                        stored.task(),
                        new SweepPlan.Entrant(stored.method(), stored.variant()),
                        stored.shots(),
                        stored.rateFactors(),
                        stored.rateFactor(),
                        stored.chosenBySeed(),
                        outcomes,
                        stored.comparable()));
    }

    /** The names in a row are those of its folder, and its runs lie in it. */
    private boolean isAtItsPlace(StoredRow row, Path file) {
        var place = folder.relativize(file);
        var entrant = Job.entrantFolder(row.method(), row.variant());
        return place.getNameCount() == 4
                && place.getName(0).toString().equals(row.task())
                && place.getName(1).toString().equals(entrant)
                && place.getName(2).toString().equals(row.shots() + "-shots")
                && place.getName(3).toString().equals(name(row.rateFactors()))
                && row.runs().stream().allMatch(run -> Path.of(run).startsWith(place.subpath(0, 3)));
    }

    /** Of a run of a row, with whose seed and method it was done. */
    private static JobOutcome outcome(StoredRow row, long seed, Path run) {
        var result = JobStore.result(run);
        if (!result.identity().path("method").asString("").equals(row.method().toString())
                || result.identity().path("seed").asLong(seed + 1) != seed
                || result.identity().path("shots").asInt(0) != row.shots()) {
            throw JobFiles.unreadable(run, null);
        }
        return result.outcome();
    }

    private Path file(SweepPlan plan, SweepPlan.Place place) {
        var run = Path.of(plan.measurement(place, 1, 1).folder());
        return folder.resolve(run.subpath(0, 3))
                .resolve(name(plan.factors(place.entrant().method())));
    }

    private static String name(List<Double> factors) {
        return "row-" + factors.stream().map(Prose::number).collect(Collectors.joining("-")) + ".json";
    }

    private static JsonNode withoutSeed(SweepPlan plan, SweepPlan.Place place) {
        var settings = SkipTuning.builder(plan.recipe(place)).json();
        return ((ObjectNode) JobFiles.JSON.readTree(settings)).without("seed");
    }

    private static List<Path> entries(Path folder, String pattern) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (var entries = Files.list(folder)) {
            return entries.filter(entry -> String.valueOf(entry.getFileName()).matches(pattern))
                    .sorted(Comparator.naturalOrder())
                    .toList();
        } catch (IOException e) {
            throw new SkipTuningException("Cannot read " + folder + ": " + Folders.reason(e), e);
        }
    }
}
