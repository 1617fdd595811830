package org.skiptuning.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.skiptuning.Method;
import org.skiptuning.SkipTuningException;
import org.skiptuning.TrainingSettings;
import org.skiptuning.files.Folders;
import org.skiptuning.report.Prose;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The rows that a folder's comparisons finished: a file for each method, number of shots and list of factors, beside the
 * runs, which says what they have in common. A later comparison with the same adds its seeds.
 */
final class RowStore {
    private final RunStore runs;

    RowStore(RunStore runs) {
        this.runs = runs;
    }

    /**
     * What a row's runs have in common.
     *
     * @param rateFactors that were tried, ascending
     * @param rateFactor that the runs have
     * @param chosenBySeed whose runs chose it; empty where there was one factor
     * @param recipe the settings without seed and factor
     */
    private record StoredRow(
            List<Double> rateFactors,
            double rateFactor,
            Optional<Long> chosenBySeed,
            List<Long> seeds,
            JsonNode recipe) {
        StoredRow {
            if (rateFactors.isEmpty() || seeds.isEmpty() || !recipe.isObject() || !rateFactors.contains(rateFactor)) {
                throw new IllegalArgumentException("a row without factors, seeds or recipe");
            }
            rateFactors = List.copyOf(rateFactors);
            seeds = List.copyOf(seeds);
        }
    }

    /** So that a later comparison in this folder has it, too. */
    void keep(Comparison.Row row, TrainingSettings recipe) {
        StoreFiles.write(
                file(row.method(), row.shots(), row.rateFactors()),
                new StoredRow(
                        row.rateFactors(), row.rateFactor(), row.chosenBySeed(), row.seeds(), withoutSeed(recipe)));
    }

    /**
     * The row that a comparison with these settings would add to.
     *
     * @throws SkipTuningException if the folder has one of other settings; names what differs
     */
    Optional<Comparison.Row> find(TrainingSettings recipe, List<Double> rateFactors) {
        var file = file(recipe.method(), recipe.shots(), rateFactors);
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        var differences = StoreFiles.differences(StoreFiles.read(file).path("recipe"), withoutSeed(recipe));
        if (!differences.isEmpty()) {
            throw new SkipTuningException(
                    file.getParent() + " holds runs with " + Prose.list(differences) + RunStore.ANOTHER);
        }
        return row(recipe.method(), recipe.shots(), file);
    }

    /** All whose runs are still there. */
    List<Comparison.Row> all() {
        var rows = new ArrayList<Comparison.Row>();
        for (var method : Method.all()) {
            for (var shots : shots(method)) {
                for (var file : files(runs.folder().resolve(RunSpec.folder(method, shots)), "row-.*\\.json")) {
                    row(method, shots, file).ifPresent(rows::add);
                }
            }
        }
        return rows;
    }

    private Optional<Comparison.Row> row(Method method, int shots, Path file) {
        var stored = StoreFiles.parsed(file, StoreFiles.read(file), StoredRow.class);
        var outcomes = new ArrayList<RunOutcome>();
        for (var seed : stored.seeds()) {
            var run = runs.folder()
                    .resolve(RunSpec.folder(method, shots, seed, stored.rateFactor()))
                    .resolve("result.json");
            if (!Files.isRegularFile(run)) {
                return Optional.empty();
            }
            outcomes.add(StoreFiles.parsed(run, StoreFiles.read(run).path("outcome"), RunOutcome.class));
        }
        return Optional.of(new Comparison.Row(
                method, shots, stored.rateFactors(), stored.rateFactor(), stored.chosenBySeed(), outcomes));
    }

    private List<Integer> shots(Method method) {
        return files(runs.folder().resolve(method.toString()), "[1-9]\\d{0,8}-shots").stream()
                .map(folder -> String.valueOf(folder.getFileName()))
                .map(name -> Integer.valueOf(name.substring(0, name.indexOf('-'))))
                .sorted()
                .toList();
    }

    private static List<Path> files(Path folder, String pattern) {
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

    private Path file(Method method, int shots, List<Double> rateFactors) {
        var factors = String.join("-", rateFactors.stream().map(RunSpec::number).toList());
        return runs.folder().resolve(RunSpec.folder(method, shots)).resolve("row-" + factors + ".json");
    }

    private static JsonNode withoutSeed(TrainingSettings recipe) {
        return ((ObjectNode) RunStore.settings(recipe)).without("seed");
    }
}
