package org.skiptuning.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.skiptuning.Clip;
import org.skiptuning.DataFingerprint;
import org.skiptuning.Method;
import org.skiptuning.SkipTuningException;
import org.skiptuning.TrainingSettings;
import org.skiptuning.benchmark.BaseToNew;
import org.skiptuning.benchmark.ComparisonReport;
import org.skiptuning.data.DataSet;
import org.skiptuning.data.TemplateSet;
import org.skiptuning.report.Prose;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code benchmark}. */
@Command(
        name = "benchmark",
        header = "Compares methods by a protocol: runs, tables, plots.",
        description = {
            "base-to-new: every method trains on the first half of the classes and is measured on test pictures of both"
                    + " halves, over shots and seeds. Its learning rate is chosen before, from one grid of factors, on"
                    + " validation pictures of the trained classes. Finished runs are skipped when the command is given again,"
                    + " and the report grows: it shows all that was finished in --output, where model, data, preset, schedule"
                    + " and epochs have to stay the same."
        },
        customSynopsis = "skip-tuning benchmark base-to-new --data DATA --output DIR [OPTIONS]",
        footer = {
            "  skip-tuning benchmark base-to-new --data bundled --output runs/comparison",
            "  skip-tuning benchmark base-to-new --methods skip,coop,lora --shots 4 \\",
            "      --data bundled --output runs/three --plan",
        })
final class BenchmarkCommand extends ToolCommand {
    private static final List<String> PROTOCOLS = List.of("base-to-new");

    @Parameters(paramLabel = "PROTOCOL", arity = "0..1", description = "base-to-new.")
    private Optional<String> protocol = Optional.empty();

    @Option(
            names = "--methods",
            paramLabel = "NAMES",
            description = "Which, separated by commas, or all. Default: all.")
    private String methods = "all";

    @Option(names = "--shots", paramLabel = "K", split = ",", description = "Pictures a class. Default: 1,4,8.")
    private List<Integer> shots = List.of(1, 4, 8);

    @Option(
            names = "--seeds",
            paramLabel = "S",
            split = ",",
            description = "Of the runs, in place of --seed; a folder without parts is split by seed 1. Default: 1,2,3.")
    private List<Long> seeds = List.of(1L, 2L, 3L);

    @Option(
            names = "--rate-factors",
            paramLabel = "F",
            split = ",",
            description =
                    "What the recipes' learning rates are multiplied by: of several, what validation pictures choose; one"
                            + " alone is taken without a trial, and needs none. Default: 0.1,0.3,1,3,10.")
    private List<Double> rateFactors = List.of(0.1, 0.3, 1.0, 3.0, 10.0);

    @Option(
            names = "--output",
            paramLabel = "DIR",
            description = "Gets a folder a run, tables and plots; may be an earlier comparison's, which then grows.")
    private @Nullable Path output;

    @Option(names = "--plan", description = "List the methods with epochs, batches and rates, and do nothing else.")
    private boolean planOnly;

    @Mixin
    private final RecipeOptions recipes = new RecipeOptions();

    @Mixin
    private final ModelOptions model = new ModelOptions();

    @Mixin
    private final DataOptions data = new DataOptions();

    @Override
    Optional<String> resumeAdvice(long stepsDone) {
        return Optional.of("finished runs are kept: to go on, give the same command again");
    }

    @Override
    int run(Output out) {
        if (protocol.isEmpty()) {
            throw new UsageException("the protocol is missing: use " + String.join(", ", PROTOCOLS));
        }
        if (!PROTOCOLS.contains(protocol.get())) {
            throw new UsageException(Converters.unknown("protocol", protocol.get(), PROTOCOLS));
        }
        common().givenSeed().ifPresent(seed -> {
            throw new UsageException(
                    "--seed is of one run, and a comparison has several: give --seeds " + seed + " instead");
        });
        recipes.check(chosenMethods());
        var plan = plan();
        if (planOnly) {
            PlanTable.print(out, plan);
            return 0;
        }
        Path folder = output;
        if (folder == null) {
            throw new UsageException("--output is missing: name a folder for the results");
        }
        if (Files.exists(folder) && !Files.isDirectory(folder)) {
            throw new SkipTuningException("--output " + folder + " is a file: name a folder");
        }
        data.check();
        data.refuseInside("--output", folder);
        model.check();
        OutputFiles.of(common())
                .writes("--output", folder)
                .reads("--data", data.path())
                .reads("--model", model.file())
                .reads("--settings", recipes.files())
                .check();
        loadCoreAhead();
        DataSet opened = data.openQuietly(common().seed(), out);
        if (plan.methods().stream().anyMatch(plan::chooses)
                && opened.base().validation().isEmpty()) {
            throw new SkipTuningException("The data set " + opened.name()
                    + " has no validation pictures to choose learning rates by: move some training pictures of each class"
                    + " to a folder val/ beside train/, in class folders of the same names (in a table, give them the"
                    + " split val), or take the recipes' rates with --rate-factors 1");
        }
        warnOfWarmUp(plan, out);
        try (Clip clip = model.load(data.apply(common().loadOptions()))) {
            var templates = TemplateSet.of(model.template("coop"));
            var kind = kind(clip, opened);
            BaseToNew.requireKind(folder, kind);
            var base = clip.zeroShot(opened.base(), templates, new ProgressAdapter(out, "zero-shot"));
            var unseen = clip.zeroShot(opened.unseen(), templates, new ProgressAdapter(out, "zero-shot"));
            var comparison = BaseToNew.run(plan, clip, opened, folder, kind, listener(out));
            var report = new ComparisonReport(
                    "Base-to-new: " + opened.name(),
                    about(clip, opened),
                    base.accuracy(),
                    unseen.accuracy(),
                    comparison);
            report.write(folder);
            out.line(report.markdown().replaceAll("!\\[.*\\n\\n?", ""));
            out.line("Tables and plots are in %s", folder);
            if (comparison.failures() > 0) {
                out.warn(comparison.failures()
                        + " of the runs failed, as was told above; the same command does them again");
            }
            var json = new LinkedHashMap<>(report.json());
            json.put("output", folder.toString());
            out.json(json);
            return comparison.failures() > 0 ? Failures.STATUS : 0;
        }
    }

    private BaseToNew.Plan plan() {
        for (var count : shots) {
            positive("--shots", count);
        }
        for (var factor : rateFactors) {
            if (!(factor > 0 && factor < 1e6)) {
                throw new SkipTuningException(
                        "--rate-factors holds " + factor + ": use numbers above 0 and below 1,000,000");
            }
        }
        if (seeds.isEmpty() || shots.isEmpty() || rateFactors.isEmpty()) {
            throw new UsageException("--seeds, --shots and --rate-factors each need a number");
        }
        return new BaseToNew.Plan(chosenMethods(), shots, seeds, rateFactors, this::recipe);
    }

    private static void warnOfWarmUp(BaseToNew.Plan plan, Output out) {
        List<Method> warming = plan.methods().stream()
                .filter(plan::chooses)
                .filter(method -> plan.shots().stream()
                        .map(count -> plan.recipe().of(method, count))
                        .anyMatch(settings ->
                                settings.stepsPerShot() == 0 && settings.warmupEpochs() >= settings.epochs()))
                .toList();
        if (!warming.isEmpty()) {
            out.warn("All epochs of " + Prose.list(warming)
                    + " are warm-up, at a rate that no factor changes: give more --epochs");
        }
    }

    /** What all runs of a folder have to share beside their own settings. */
    private Map<String, String> kind(Clip clip, DataSet opened) {
        var kind = new LinkedHashMap<String, String>();
        kind.put("protocol", PROTOCOLS.getFirst());
        kind.put("model", clip.contentHash());
        kind.put("model_config", model.config().orElse("its own"));
        kind.put("data_fingerprint", DataFingerprint.of(opened));
        kind.put("data_set", data.dataset().orElse("unnamed"));
        kind.put("skip_bad_images", Boolean.toString(clip.options().skipBadImages()));
        kind.put("apply_exif_orientation", Boolean.toString(clip.options().applyOrientation()));
        kind.put("device", clip.info().device());
        kind.put("precision", common().precision().toString());
        kind.putAll(recipes.kind(model.knowsBundledWords()));
        return kind;
    }

    private static void positive(String option, int value) {
        if (value < 1) {
            throw new SkipTuningException(option + " holds " + value + ": use 1 or more");
        }
    }

    private List<Method> chosenMethods() {
        if (methods.equals("all")) {
            return Method.all();
        }
        var converter = new Converters.MethodConverter();
        var chosen = new ArrayList<Method>();
        for (var name : Arrays.asList(methods.split(","))) {
            chosen.add(converter.convert(name));
        }
        return chosen.stream().distinct().toList();
    }

    private TrainingSettings recipe(Method method, int ofShots) {
        return recipes.settings(method, ofShots, common(), data.dataset(), model.knowsBundledWords());
    }

    private BaseToNew.Listener listener(Output out) {
        return new BaseToNew.Listener() {
            @Override
            public void onRun(String title, int done, int total) {
                if (done < total) {
                    out.progress().begin("run " + (done + 1) + " of " + total + ": " + title, "steps");
                }
            }

            @Override
            public void onStep(long done, long total, Optional<Double> loss) {
                out.progress().update(done, total, loss);
            }

            @Override
            public void onFailure(String title, String problem) {
                out.warn(title + " failed: " + problem);
            }
        };
    }

    private static List<String> about(Clip clip, DataSet data) {
        return List.of(String.format(
                Locale.ROOT,
                "%s, %s with %d threads, %s. Model %s; %d classes, %d test pictures.",
                LocalDate.now(),
                Machine.processor(),
                Machine.processors(),
                clip.info().device(),
                clip.info().source(),
                data.classNames().size(),
                data.test().size()));
    }
}
