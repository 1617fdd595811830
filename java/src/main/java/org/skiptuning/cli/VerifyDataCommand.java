package org.skiptuning.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.skiptuning.DataSetException;
import org.skiptuning.data.published.Counts;
import org.skiptuning.data.published.PublishedDataSet;
import org.skiptuning.data.published.PublishedDataSets;
import org.skiptuning.data.published.Verification;
import org.skiptuning.data.published.Verification.Status;
import org.skiptuning.data.published.Verifier;
import org.skiptuning.speed.Machine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code verify-data}. */
@Command(
        name = "verify-data",
        header = "Which published data sets are there, whole and readable.",
        description = "Looks for each of the data sets of the published protocols below ROOT, compares its classes and"
                + " pictures with the published split, decodes every picture, and says of what is missing what to fetch"
                + " and where it goes. Exit status: 0 if every data set that is there is good; 1 otherwise, or if none"
                + " is there or one named by --dataset is not.",
        customSynopsis = "skip-tuning verify-data ROOT [OPTIONS]",
        footer = {
            "  skip-tuning verify-data data",
            "  skip-tuning verify-data data --dataset oxford_pets --dataset dtd",
            "  skip-tuning verify-data data --quick --json data.json"
        })
final class VerifyDataCommand extends ToolCommand {
    private static final String ROW = "%-16s %-10s %7s %9s %7s %7s";

    @Parameters(paramLabel = "ROOT", arity = "1", description = "The folder that holds the data sets' folders.")
    private @Nullable Path root;

    @Option(
            names = "--dataset",
            completionCandidates = Candidates.PublishedNames.class,
            paramLabel = "NAME",
            description = "Only this one, such as oxford_pets; may be given again. Default: all.")
    private List<String> names = new ArrayList<>();

    @Option(names = "--quick", description = "Decode no pictures: only look whether they are there.")
    private boolean quick;

    @Option(
            names = "--make-splits",
            description = "Where a split file is missing and the annotations are there, draw one by --seed, as"
                    + " split_drawn_*.json. It is not the published one, and runs on it say so.")
    private boolean makesSplits;

    @Override
    int run(Output output) {
        Path folder = existing(root);
        OutputFiles.of(common()).reads("ROOT", List.of(folder)).check();
        List<PublishedDataSet> chosen = chosen();
        if (makesSplits) {
            chosen.forEach(dataSet -> drawSplit(dataSet, folder, output));
        }
        int threads = common().threads() == 0 ? Machine.processors() : common().threads();
        var verifier = new Verifier(folder, !quick, threads);
        List<Verification> verified = chosen.stream()
                .map(dataSet -> verifier.verify(dataSet, new ProgressAdapter(output, "checking " + dataSet.name())))
                .toList();
        print(output, verified);
        output.json(Map.of(
                "root",
                folder.toString(),
                "data_sets",
                verified.stream().map(VerifyDataCommand::json).toList()));
        requireGood(folder, verified);
        return 0;
    }

    private static Path existing(@Nullable Path folder) {
        if (folder == null || !Files.isDirectory(folder)) {
            throw new DataSetException("ROOT " + folder + " is not a folder: name the one that holds the data sets");
        }
        return folder;
    }

    private List<PublishedDataSet> chosen() {
        for (String name : names) {
            if (PublishedDataSets.find(name).isEmpty()) {
                throw new UsageException(Converters.unknown("data set", name, PublishedDataSets.names()));
            }
        }
        return PublishedDataSets.all().stream()
                .filter(dataSet -> names.isEmpty() || names.contains(dataSet.name()))
                .toList();
    }

    /** What stands in the way is for the verification to say, of which most is the same. */
    private void drawSplit(PublishedDataSet dataSet, Path folder, Output output) {
        if (!Files.isDirectory(dataSet.home(folder)) || !dataSet.lacksSplit(folder)) {
            return;
        }
        try {
            output.warn("drew " + dataSet.drawSplit(folder, common().seed()) + " by seed " + common().seed());
        } catch (DataSetException impossible) {
            output.warn(String.valueOf(impossible.getMessage()));
        }
    }

    private void requireGood(Path folder, List<Verification> verified) {
        String bad = verified.stream()
                .filter(one -> one.status() != Status.GOOD && (one.status() != Status.ABSENT || !names.isEmpty()))
                .map(one -> one.dataSet().title() + " is " + one.status())
                .collect(Collectors.joining(", "));
        if (!bad.isEmpty()) {
            throw new DataSetException(bad + ": fetch what is missing or broken");
        }
        if (verified.stream().allMatch(one -> one.status() == Status.ABSENT)) {
            throw new DataSetException("no data set is in " + folder + ": name the folder that holds caltech-101,"
                    + " oxford_pets and the like");
        }
    }

    private static void print(Output output, List<Verification> verified) {
        output.line(ROW, "data set", "", "classes", "train", "val", "test");
        for (Verification one : verified) {
            output.line(ROW, cells(one));
        }
        for (Verification one : verified) {
            if (one.status() != Status.GOOD || !one.notes().isEmpty()) {
                output.line("");
                details(output, one);
            }
        }
    }

    private static Object[] cells(Verification one) {
        String title = one.dataSet().title();
        String status = one.status().toString();
        return one.found()
                .map(counts -> new Object[] {
                    title,
                    status,
                    count(counts.classes()),
                    count(counts.train()),
                    count(counts.validation()),
                    count(counts.test())
                })
                .orElseGet(() -> new Object[] {title, status, "-", "-", "-", "-"});
    }

    private static String count(int value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    private static void details(Output output, Verification one) {
        boolean good = one.status() == Status.GOOD;
        String place = one.status() == Status.ABSENT ? "and goes into" : "in";
        output.marked(good, "%s is %s %s %s", one.dataSet().title(), one.status(), place, one.folder());
        one.problems().forEach(problem -> output.line("  %s", problem));
        one.notes().forEach(note -> output.line("  note: %s", note));
        if (!good) {
            one.dataSet().fetch().forEach(line -> output.line("  → %s", line));
        }
    }

    private static Map<String, Object> json(Verification one) {
        var object = new LinkedHashMap<String, Object>();
        object.put("name", one.dataSet().name());
        object.put("title", one.dataSet().title());
        object.put("folder", one.folder().toString());
        object.put("status", one.status().toString());
        object.put("found", one.found().map(VerifyDataCommand::json).orElse(null));
        object.put("published", json(one.dataSet().counts()));
        object.put("missing", one.missing().stream().map(Path::toString).toList());
        object.put(
                "unreadable",
                one.unreadable().stream()
                        .map(picture -> Map.of("image", picture.file().toString(), "problem", picture.problem()))
                        .toList());
        object.put("problems", one.problems());
        object.put("notes", one.notes());
        object.put("fetch", one.dataSet().fetch());
        return object;
    }

    private static Map<String, Object> json(Counts counts) {
        var object = new LinkedHashMap<String, Object>();
        object.put("classes", counts.classes());
        object.put("train", counts.train());
        object.put("val", counts.validation());
        object.put("test", counts.test());
        return object;
    }
}
