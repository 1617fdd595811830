package org.skiptuning.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.skiptuning.Clip;
import org.skiptuning.Method;
import org.skiptuning.SkipTuningException;
import org.skiptuning.TrainingSettings;
import org.skiptuning.benchmark.Protocol;
import org.skiptuning.benchmark.Shard;
import org.skiptuning.benchmark.Sweep;
import org.skiptuning.benchmark.SweepPlan;
import org.skiptuning.benchmark.SweepResults;
import org.skiptuning.benchmark.Task;
import org.skiptuning.benchmark.job.DataReference;
import org.skiptuning.benchmark.job.Workplace;
import org.skiptuning.benchmark.report.SweepReport;
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
            "base-to-new: train on the first half of the classes, measure both. cross-dataset: train on one data set, measure"
                    + " others. domain: train on one, measure the same things in other styles. few-shot: all classes, by"
                    + " shots. Finished runs are skipped when the command is given again, and the report grows: it shows all that"
                    + " was finished in --output, where protocol, model and the options of training have to stay the same."
        },
        customSynopsis = "skip-tuning benchmark PROTOCOL --data DATA --output DIR [OPTIONS]",
        footer = {
            "  skip-tuning benchmark base-to-new --data bundled --output runs/comparison",
            "  skip-tuning benchmark few-shot --methods skip,coop --data bundled \\",
            "      --output runs/shots --workers 2",
            "  skip-tuning benchmark base-to-new --model ViT-B-16.pt --data /data \\",
            "      --output runs/paper --plan",
            "  skip-tuning benchmark base-to-new --data bundled --methods all \\",
            "      --rate-factors 0.1,0.3,1,3,10 --output runs/all"
        })
final class BenchmarkCommand extends ToolCommand {
    @Parameters(
            paramLabel = "PROTOCOL",
            arity = "0..1",
            completionCandidates = Candidates.Protocols.class,
            description = "base-to-new, cross-dataset, domain or few-shot.")
    private Optional<String> protocolName = Optional.empty();

    @Option(
            names = "--output",
            paramLabel = "DIR",
            description = "Gets a folder a run, tables, plots and a page; may be an earlier sweep's, which then grows.")
    private @Nullable Path output;

    @Option(
            names = "--plan",
            description = "List what would run with the time and disk that it would take, and do nothing else.")
    private boolean planOnly;

    @Option(
            names = "--machine",
            paramLabel = "FILE",
            description = "What speed --json wrote on another machine, for --plan to tell the time there.")
    private Optional<Path> machine = Optional.empty();

    @Mixin
    private final ExecutorOptions executors = new ExecutorOptions();

    @Mixin
    private final SweepOptions sweep = new SweepOptions();

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
        common().givenSeed().ifPresent(seed -> {
            throw new UsageException(
                    "--seed is of one run, and a sweep has several: give --seeds " + seed + " instead");
        });
        sweep.check();
        var request = new SweepRequest(protocol(), sweep, recipes, model, data, common());
        recipes.check(request.methods(), output != null && Sweep.isAt(output));
        recipes.overruled().forEach(out::warn);
        executors.check(planOnly && machine.isPresent());
        if (planOnly) {
            new PlanOverview(request, executors, machine, out).tell(Optional.ofNullable(output));
            return 0;
        }
        if (machine.isPresent()) {
            throw new UsageException("--machine is for --plan alone: leave it out");
        }
        Path folder = OutputFiles.requireFolder(output, "results");
        data.check();
        data.refuseInside("--output", folder);
        model.check();
        OutputFiles.of(common())
                .fills("--output", folder)
                .reads("--data", data.path())
                .reads("--model", model.file())
                .reads("--settings", recipes.files())
                .check();
        var references = request.references();
        loadCoreAhead();
        return sweep(request, references, folder, out);
    }

    private Protocol protocol() {
        if (protocolName.isEmpty()) {
            throw new UsageException("the protocol is missing: use " + String.join(", ", Protocol.names()));
        }
        if (!Protocol.names().contains(protocolName.get())) {
            throw new UsageException(Converters.unknown("protocol", protocolName.get(), Protocol.names()));
        }
        return Protocol.of(protocolName.get());
    }

    private int sweep(SweepRequest request, List<DataReference> references, Path folder, Output out) {
        try (var workplace = new Workplace()) {
            var fingerprints = SweepData.fingerprints(references, workplace, out);
            Clip clip = model.load(data.apply(common().loadOptions()));
            var surroundings = request.surroundings(clip.info().device());
            var reference = model.reference(clip.contentHash());
            var kind = request.kind(clip);
            var modelTitle =
                    model.isBundled() ? "the small bundled one" : clip.info().source();
            // Which closes it, at once where other processes do the runs.
            workplace.adopt(reference, surroundings, clip);
            var comparable = SweepData.comparable(references, workplace, out);
            var plan = request.plan(references, reference, fingerprints, comparable, surroundings);
            plan.requireBlocks(clip.info().imageLayers(), clip.info().textLayers());
            if (request.methods().stream().anyMatch(plan::chooses)) {
                SweepData.requireValidation(
                        plan.tasks().stream().map(Task::training).toList(), workplace, out);
            }
            SweepData.requireTargets(plan.tasks(), workplace, out);
            warnOfWarmUp(plan, out);
            Sweep.requireKind(folder, kind);
            try (var executor = executors.open(workplace, surroundings, common().anyDevice(), folder)) {
                var listener =
                        new SweepProgress(out, "run", Sweep.runs(plan, executors.shard()), executors.sideBySide() > 1);
                var results = Sweep.run(plan, folder, kind, executors.shard(), executor, listener);
                return report(request, plan, modelTitle, results, folder, out);
            }
        }
    }

    private int report(
            SweepRequest request, SweepPlan plan, String modelTitle, SweepResults results, Path folder, Output out) {
        if (!executors.shard().equals(Shard.ALL)) {
            out.line(
                    "Part %s is done; when all are, give the same command without --shard for the whole report.",
                    executors.shard());
        }
        var report = new SweepReport(
                plan.protocol() + ": " + (data.isBundled() ? "bundled " : "") + Prose.list(plan.dataSets()),
                request.about(modelTitle, results),
                results);
        report.write(folder);
        out.line("%s", report.text());
        out.line("Tables, plots and report.html are in %s", folder);
        var json = new LinkedHashMap<>(report.json());
        json.put("output", folder.toString());
        out.json(json);
        var failures = results.failures(plan, executors.shard());
        if (failures > 0) {
            throw new SkipTuningException(failures + " of the runs failed, which the report in " + folder
                    + " names; the same command does them again, unless numbers ran away: those want lower rates");
        }
        return 0;
    }

    private static void warnOfWarmUp(SweepPlan plan, Output out) {
        List<Method> warming = plan.places().stream()
                .filter(place -> place.entrant().method().takes("warmup_epochs"))
                .map(place -> plan.recipe()
                        .of(place.entrant(), place.task().training().name(), place.shots()))
                .filter(settings -> settings.stepsPerShot() == 0 && settings.warmupEpochs() >= settings.epochs())
                .map(TrainingSettings::method)
                .distinct()
                .toList();
        if (!warming.isEmpty()) {
            out.warn("All epochs of " + Prose.list(warming)
                    + " are warm-up, at a rate that no factor changes: give more --epochs, or fewer --warmup-epochs");
        }
    }
}
