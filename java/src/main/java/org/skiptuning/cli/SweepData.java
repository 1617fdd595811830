package org.skiptuning.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.skiptuning.ClassSubset;
import org.skiptuning.SkipTuningException;
import org.skiptuning.benchmark.Protocol;
import org.skiptuning.benchmark.Task;
import org.skiptuning.benchmark.UsualSweep;
import org.skiptuning.benchmark.job.DataReference;
import org.skiptuning.benchmark.job.Target;
import org.skiptuning.benchmark.job.Workplace;
import org.skiptuning.data.DataSet;
import org.skiptuning.data.Datasets;
import org.skiptuning.data.bundled.BundledData;
import org.skiptuning.data.published.Counts;
import org.skiptuning.data.published.PublishedDataSets;
import org.skiptuning.files.Folders;

/** Which data sets a sweep is over. */
final class SweepData {
    private SweepData() {}

    /**
     * Those that were named, else those of the published figures; of the bundled data what comes nearest.
     *
     * @param names by {@code --datasets}; empty for the usual
     */
    static List<DataReference> references(Protocol protocol, String data, List<String> names, long seed) {
        if (data.equals(DataOptions.BUNDLED)) {
            return named(names.isEmpty() ? UsualSweep.of(protocol).bundled() : names, BundledData.names()).stream()
                    .<DataReference>map(DataReference.Bundled::new)
                    .toList();
        }
        Path path = Path.of(data);
        if (names.isEmpty() && Files.isRegularFile(path)) {
            return List.of(new DataReference.Table(path.toAbsolutePath().normalize()));
        }
        if (names.isEmpty() && !isRoot(path)) {
            return List.of(new DataReference.Folder(path.toAbsolutePath().normalize(), seed));
        }
        Path root = path.toAbsolutePath().normalize();
        return named(names.isEmpty() ? UsualSweep.of(protocol).published() : names, Datasets.names()).stream()
                .<DataReference>map(name -> new DataReference.Published(name, root))
                .toList();
    }

    /**
     * For a plan, which is to be had before there are data: those of the published figures where nothing is yet.
     */
    static List<DataReference> planned(Protocol protocol, String data, List<String> names, long seed) {
        boolean usual = names.isEmpty() && !data.equals(DataOptions.BUNDLED) && isNothing(Path.of(data));
        return references(protocol, data, usual ? UsualSweep.of(protocol).published() : names, seed);
    }

    /** Those in CoOp's layout that have no folder yet. */
    static List<String> missing(List<DataReference> references) {
        return references.stream()
                .filter(reference -> reference instanceof DataReference.Published published
                        && !Files.isDirectory(PublishedDataSets.find(published.name())
                                .orElseThrow()
                                .home(published.root())))
                .map(DataReference::name)
                .toList();
    }

    private static boolean isNothing(Path path) {
        return !Files.exists(path) || (Files.isDirectory(path) && Folders.isEmpty(path));
    }

    private static List<String> named(List<String> names, List<String> known) {
        names.stream().filter(name -> !known.contains(name)).findFirst().ifPresent(unknown -> {
            throw new UsageException(Converters.unknown("data set", unknown, known));
        });
        return names;
    }

    /** Whether data sets in CoOp's layout are there, or nothing that could be another. */
    static boolean isPublished(String data) {
        Path path = Path.of(data);
        return isNothing(path) || isRoot(path);
    }

    /** A folder that has data sets in CoOp's layout, and not classes. */
    private static boolean isRoot(Path folder) {
        return PublishedDataSets.all().stream().anyMatch(known -> Files.isDirectory(known.home(folder)));
    }

    /**
     * Opens all of them, so that what is missing is said before any work, and tells them apart.
     *
     * @return fingerprints by name
     */
    static Map<String, String> fingerprints(List<DataReference> references, Workplace workplace, Output output) {
        var fingerprints = new LinkedHashMap<String, String>();
        for (DataReference reference : references) {
            fingerprints.put(
                    reference.name(), workplace.fingerprint(reference, new ProgressAdapter(output, reference.name())));
        }
        return fingerprints;
    }

    /** Names of those that figures were published of: whole, and split as they were then; else it warns. */
    static Set<String> comparable(List<DataReference> references, Workplace workplace, Output output) {
        var comparable = new TreeSet<String>();
        for (DataReference reference : references) {
            var data = workplace.data(reference, new ProgressAdapter(output, reference.name()));
            var warnings = data.warnings();
            warnings.forEach(output::warn);
            if (reference instanceof DataReference.Published published && warnings.isEmpty()) {
                if (isWhole(published, data)) {
                    comparable.add(reference.name());
                } else {
                    output.warn(reference.name() + " has other numbers of pictures or classes than when figures were"
                            + " published of it, so that none stand beside: see verify-data");
                }
            }
        }
        return comparable;
    }

    private static boolean isWhole(DataReference.Published reference, DataSet data) {
        return PublishedDataSets.find(reference.name()).orElseThrow().counts().equals(Counts.of(data));
    }

    /** The same of a plan, for data sets of which it is known. */
    static void requirePublishedValidation(List<Task> tasks) {
        for (Task task : tasks) {
            if (task.training() instanceof DataReference.Published published
                    && PublishedDataSets.find(published.name())
                                    .orElseThrow()
                                    .counts()
                                    .validation()
                            == 0) {
                throw withoutValidation(published);
            }
        }
    }

    private static SkipTuningException withoutValidation(DataReference reference) {
        return new SkipTuningException("The data set " + reference.name()
                + " has no validation pictures to choose learning rates by: "
                + switch (reference) {
                    case DataReference.Published any -> "leave it out with --datasets";
                    case DataReference.Bundled any -> "leave it out with --datasets";
                    case DataReference.Table any -> "give some training pictures of each class the split val";
                    case DataReference.Folder any ->
                        "move some training pictures of each class to a folder val/ beside train/, in class folders of"
                                + " the same names";
                }
                + ", or take the recipes' rates with --rate-factors 1");
    }

    /** @throws SkipTuningException if one that is trained on has no pictures to choose by */
    static void requireValidation(List<DataReference> trained, Workplace workplace, Output output) {
        for (DataReference reference : trained) {
            var data = workplace.data(reference, new ProgressAdapter(output, reference.name()));
            if (data.validation().isEmpty()) {
                throw withoutValidation(reference);
            }
        }
    }

    /** @throws SkipTuningException if there is nothing to measure on */
    static void requireTargets(List<Task> tasks, Workplace workplace, Output output) {
        for (Task task : tasks) {
            for (Target target : task.targets()) {
                var whole = workplace.data(
                        target.data(), new ProgressAdapter(output, target.data().name()));
                var data = target.classes() == ClassSubset.ALL
                                || whole.classNames().size() > 1
                        ? target.classes().cut(whole)
                        : whole;
                if (whole.classNames().size() < 2 && target.classes() != ClassSubset.ALL) {
                    throw new SkipTuningException("The data set " + whole.name()
                            + " has one class, and base-to-new wants halves of several: use few-shot, or other data");
                }
                if (data.test().isEmpty()) {
                    throw new SkipTuningException("The data set " + whole.name() + " has no test pictures"
                            + (target.classes() == ClassSubset.ALL ? "" : " of the " + target.classes() + " half")
                            + " to measure on: put some into a folder test/ beside train/, in class folders (in a table, give"
                            + " them the split test)");
                }
            }
        }
    }

    /** What is named by one option or the other. */
    static List<String> names(Optional<String> dataset, List<String> datasets) {
        if (dataset.isPresent() && !datasets.isEmpty()) {
            throw new UsageException("--dataset contradicts --datasets: leave one of them out");
        }
        return dataset.map(List::of).orElse(datasets);
    }
}
