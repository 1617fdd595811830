package org.skiptuning.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.skiptuning.ClassSubset;
import org.skiptuning.DataSetException;
import org.skiptuning.benchmark.report.PublishedFigures;
import org.skiptuning.data.DataSet;
import org.skiptuning.data.Datasets;
import org.skiptuning.data.TemplateSet;
import org.skiptuning.data.published.Counts;
import org.skiptuning.data.published.PublishedDataSet;
import org.skiptuning.data.published.PublishedDataSets;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code zero-shot}. */
@Command(
        name = "zero-shot",
        header = "Accuracy on a data set, without training.",
        description = "Each test picture goes to the class whose prompt is nearest.",
        customSynopsis = "skip-tuning zero-shot --data DATA [OPTIONS]",
        footer = {
            "  skip-tuning zero-shot --data bundled --dataset glyphs",
            "  skip-tuning zero-shot --model ViT-B-16.pt --data photos \\",
            "      --templates \"a photo of a {}.\"",
            "  skip-tuning zero-shot --model ViT-B-16.pt --data /data \\",
            "      --dataset oxford_pets --json -",
            "  skip-tuning zero-shot --model ViT-B-16.pt --data /data --all"
        })
final class ZeroShotCommand extends ToolCommand {
    @Option(
            names = "--templates",
            paramLabel = "T",
            converter = TemplateOption.class,
            description =
                    "Prompts: coop, skip-tuning, or a text with {} for the class name. Default: coop; with the bundled model its own.")
    private Optional<TemplateSet> templates = Optional.empty();

    @Option(
            names = "--classes",
            paramLabel = "HALF",
            converter = Converters.ClassSubsetConverter.class,
            description = "all, base (the first half) or new (the other). Default: all.")
    private ClassSubset classes = ClassSubset.ALL;

    @Option(
            names = "--all",
            description =
                    "Every published data set below the root of --data, beside the published accuracies of ViT-B/16.")
    private boolean all;

    @Mixin
    private final ModelOptions model = new ModelOptions();

    @Mixin
    private final DataOptions data = new DataOptions();

    @Override
    int run(Output output) {
        model.check();
        data.check();
        OutputFiles.of(common())
                .reads("--model", model.file())
                .reads("--data", data.path())
                .check();
        if (all && (data.dataset().isPresent() || classes != ClassSubset.ALL)) {
            throw new UsageException("--all measures every data set on all classes, which contradicts "
                    + (data.dataset().isPresent() ? "--dataset" : "--classes") + ": leave one of them out");
        }
        loadCoreAhead();
        if (all) {
            return measureAll(output);
        }
        var opened = data.open(common().seed(), classes, output);
        try (var clip = model.load(data.apply(common().loadOptions()))) {
            var prompts = templates.orElseGet(() -> TemplateSet.of(model.template("coop")));
            var evaluation = clip.zeroShot(opened, prompts, new ProgressAdapter(output));
            Accuracies.print(output, evaluation);
            var result = new LinkedHashMap<String, Object>(Accuracies.json(evaluation));
            result.put("templates", prompts.name());
            result.put("classes", classes.toString());
            output.json(result);
            return 0;
        }
    }

    private int measureAll(Output output) {
        Path root = data.path().orElseThrow(() -> new UsageException("--all wants --data to name a root of data sets"));
        List<PublishedDataSet> there = PublishedDataSets.all().stream()
                .filter(known -> Files.isDirectory(known.home(root)))
                .toList();
        if (there.isEmpty()) {
            throw new DataSetException("There is no published data set in " + root + ": `skip-tuning verify-data "
                    + root + "` tells what to fetch and where it goes");
        }
        var rows = new ArrayList<Map<String, @Nullable Object>>();
        var left = new LinkedHashMap<String, String>();
        try (var clip = model.load(data.apply(common().loadOptions()))) {
            var prompts = templates.orElseGet(() -> TemplateSet.of(model.template("coop")));
            output.line("%-18s %8s %10s %8s", "", "accuracy", "published", "change");
            for (PublishedDataSet known : there) {
                DataSet opened;
                double accuracy;
                try {
                    opened = Datasets.open(root, known.name());
                    accuracy = clip.zeroShot(opened, prompts, new ProgressAdapter(output, known.title()))
                            .accuracy();
                } catch (DataSetException incomplete) {
                    left.put(known.name(), Failures.describe(incomplete));
                    continue;
                }
                opened.warnings().forEach(output::warn);
                boolean whole = opened.warnings().isEmpty() && Counts.of(opened).equals(known.counts());
                if (!whole) {
                    output.warn(
                            known.title()
                                    + " is not as it was when figures were published of it, so that there is no difference to tell: see verify-data");
                }
                var published = PublishedFigures.zeroShot(known.name());
                output.line(
                        "%-18s %8.2f %10s %8s",
                        known.title(),
                        accuracy,
                        published.isPresent() ? String.format(Locale.ROOT, "%.2f", published.getAsDouble()) : "–",
                        whole && published.isPresent()
                                ? String.format(Locale.ROOT, "%+.2f", accuracy - published.getAsDouble())
                                : "–");
                var row = new LinkedHashMap<String, @Nullable Object>();
                row.put("data_set", known.name());
                row.put("accuracy", accuracy);
                row.put("published", published.isPresent() ? published.getAsDouble() : null);
                row.put("as_published", whole);
                rows.add(row);
            }
            left.values().forEach(problem -> output.warn("Left out: " + problem));
            var result = new LinkedHashMap<String, Object>();
            result.put("rows", rows);
            result.put("left_out", left);
            result.put("templates", prompts.name());
            output.json(result);
        }
        if (rows.isEmpty()) {
            throw new DataSetException("None of the data sets in " + root
                    + " could be measured: `skip-tuning verify-data " + root + "` tells what to fetch");
        }
        return 0;
    }
}
