package org.skiptuning.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.skiptuning.Clip;
import org.skiptuning.Method;
import org.skiptuning.SkipTuningException;
import org.skiptuning.TrainingSettings;
import org.skiptuning.benchmark.Protocol;
import org.skiptuning.benchmark.RemainingJobs;
import org.skiptuning.benchmark.Shard;
import org.skiptuning.benchmark.Sweep;
import org.skiptuning.benchmark.SweepPlan;
import org.skiptuning.benchmark.SweepPlan.Entrant;
import org.skiptuning.benchmark.SweepResults;
import org.skiptuning.benchmark.Task;
import org.skiptuning.benchmark.job.DataReference;
import org.skiptuning.benchmark.job.Job;
import org.skiptuning.benchmark.job.MeasuredOn;
import org.skiptuning.benchmark.job.ModelReference;
import org.skiptuning.benchmark.job.Surroundings;
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
        Protocol protocol = protocol();
        common().givenSeed().ifPresent(seed -> {
            throw new UsageException(
                    "--seed is of one run, and a sweep has several: give --seeds " + seed + " instead");
        });
        sweep.check();
        recipes.check(
                sweep.entrants(onPublishedData()).stream()
                        .map(Entrant::method)
                        .distinct()
                        .toList(),
                output != null && Sweep.isAt(output));
        recipes.overruled().forEach(out::warn);
        executors.check(planOnly && machine.isPresent());
        if (planOnly) {
            return tellPlan(protocol, out);
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
        var references =
                distinct(protocol, SweepData.references(protocol, data.text().orElseThrow(), names(), common().seed()));
        loadCoreAhead();
        return sweep(protocol, references, folder, out);
    }

    /** A plan is to be had before there are data and a model. */
    private int tellPlan(Protocol protocol, Output out) {
        OutputFiles files = OutputFiles.of(common());
        if (output != null) {
            files.fills("--output", OutputFiles.requireFolder(output, "results"));
        }
        files.reads("--model", model.file().filter(Files::exists))
                .reads("--settings", recipes.files())
                .reads("--machine", machine)
                .check();
        String root = data.text().orElse(DataOptions.BUNDLED);
        var references = distinct(protocol, SweepData.planned(protocol, root, names(), common().seed()));
        var unknown = new ModelReference(Path.of("."), Optional.empty(), "");
        var plan = plan(protocol, references, unknown, Map.of(), Set.of(), surroundings("cpu"));
        model.shape()
                .ifPresent(shape ->
                        plan.requireBlocks(shape.image().layers(), shape.text().layers()));
        if (plan.entrants().stream().map(Entrant::method).anyMatch(plan::chooses)) {
            SweepData.requirePublishedValidation(plan.tasks());
        }
        plan.requireRates();
        Path folder = output;
        var all = RemainingJobs.of(plan, executors.shard());
        var jobs = folder == null ? all : RemainingJobs.of(plan, executors.shard(), folder, plannedKind(protocol));
        PlanTable.print(out, plan);
        if (!executors.shard().equals(Shard.ALL)) {
            out.line("Of these %,d are part %s.", all.size(), executors.shard());
        }
        var json = new LinkedHashMap<>(PlanTable.json(plan));
        if (folder != null) {
            int done = all.size() - jobs.size();
            if (done > 0) {
                out.line("%,d %s done in %s, and %,d left.", done, done == 1 ? "is" : "are", folder, jobs.size());
            }
            json.put("done", done);
        }
        var missing = SweepData.missing(references);
        if (!missing.isEmpty()) {
            out.line(
                    "Not below %s yet: %s; verify-data %s tells what to fetch, and --datasets takes others.",
                    root, Prose.list(missing), root);
        }
        tellTime(jobs, references, json, out);
        out.json(json);
        return 0;
    }

    private void tellTime(
            List<Job> jobs, List<DataReference> references, LinkedHashMap<String, Object> json, Output out) {
        if (jobs.isEmpty()) {
            out.line("Nothing is left to do.");
            return;
        }
        var elsewhere = machine.map(file -> PlanEstimate.Rates.read(file, common().precision()));
        var shape = model.shape();
        var sizes = shape.flatMap(known -> PlanEstimate.sizes(references));
        if (sizes.isEmpty()) {
            out.line(
                    "How long it takes can be told when %s.",
                    shape.isEmpty() ? "--model is there, or --config names its shape" : "the data are there");
            return;
        }
        var rates = elsewhere.orElseGet(() -> PlanEstimate.Rates.measured(common(), shape.orElseThrow()));
        var estimate = PlanEstimate.of(
                jobs,
                shape.orElseThrow(),
                sizes.get(),
                rates,
                common().precision(),
                machine.isPresent()
                        ? executors.cards()
                        : executors.cards(common().device().resolve().toString(), common().anyDevice()));
        estimate.print(out);
        json.put("estimate", estimate.json());
    }

    /** Where none is named there is a plan alone, and that is of the bundled data. */
    private boolean onBundledData() {
        return data.text().orElse(DataOptions.BUNDLED).equals(DataOptions.BUNDLED);
    }

    private boolean onPublishedData() {
        return !onBundledData()
                && (!names().isEmpty() || SweepData.isPublished(data.text().orElseThrow()));
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

    private List<String> names() {
        return SweepData.names(data.dataset(), sweep.datasets());
    }

    private static List<DataReference> distinct(Protocol protocol, List<DataReference> references) {
        var distinct = references.stream().distinct().toList();
        if (protocol.transfers() && distinct.size() < 2) {
            throw new UsageException(
                    protocol + " trains on one data set and measures others: name them with --datasets,"
                            + " the one to train on first");
        }
        return distinct;
    }

    private Surroundings surroundings(String device) {
        return Surroundings.of(device, data.apply(common().loadOptions()));
    }

    private SweepPlan plan(
            Protocol protocol,
            List<DataReference> references,
            ModelReference reference,
            Map<String, String> fingerprints,
            Set<String> comparable,
            Surroundings surroundings) {
        return new SweepPlan(
                protocol,
                protocol.tasks(references),
                sweep.entrants(onPublishedData()),
                sweep.shots(protocol, onBundledData()),
                sweep.seeds(),
                sweep.rateFactors(),
                (entrant, dataSet, shots) -> recipe(protocol, entrant, dataSet, shots),
                reference,
                model.template("coop"),
                fingerprints,
                comparable,
                surroundings);
    }

    private TrainingSettings recipe(Protocol protocol, Entrant entrant, String dataSet, int shots) {
        var settings = recipes.settings(
                entrant.method(), shots, protocol, common(), Optional.of(dataSet), model.knowsBundledWords());
        return sweep.study()
                .map(study -> study.varied(settings, entrant.variant()))
                .orElse(settings);
    }

    private int sweep(Protocol protocol, List<DataReference> references, Path folder, Output out) {
        try (var workplace = new Workplace()) {
            var fingerprints = SweepData.fingerprints(references, workplace, out);
            Clip clip = model.load(data.apply(common().loadOptions()));
            var surroundings = surroundings(clip.info().device());
            var reference = model.reference(clip.contentHash());
            var kind = kind(protocol, clip);
            var modelTitle =
                    model.isBundled() ? "the small bundled one" : clip.info().source();
            // Which closes it, at once where other processes do the runs.
            workplace.adopt(reference, surroundings, clip);
            var comparable = SweepData.comparable(references, workplace, out);
            var plan = plan(protocol, references, reference, fingerprints, comparable, surroundings);
            plan.requireBlocks(clip.info().imageLayers(), clip.info().textLayers());
            var methods =
                    plan.entrants().stream().map(Entrant::method).distinct().toList();
            if (methods.stream().anyMatch(plan::chooses)) {
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
                return report(plan, modelTitle, results, folder, out);
            }
        }
    }

    private int report(SweepPlan plan, String modelTitle, SweepResults results, Path folder, Output out) {
        if (!executors.shard().equals(Shard.ALL)) {
            out.line(
                    "Part %s is done; when all are, give the same command without --shard for the whole report.",
                    executors.shard());
        }
        var report = new SweepReport(
                plan.protocol() + ": " + (data.isBundled() ? "bundled " : "") + Prose.list(plan.dataSets()),
                about(modelTitle, results),
                results);
        report.write(folder);
        out.line("%s", report.text());
        out.line("Tables, plots and report.html are in %s", folder);
        var json = new LinkedHashMap<>(report.json());
        json.put("output", folder.toString());
        out.json(json);
        var failures = results.failures(plan);
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

    /** What all runs of a folder have to share beside their own settings. */
    private Map<String, String> kind(Protocol protocol, Clip clip) {
        var kind = new LinkedHashMap<>(plannedKind(protocol));
        kind.put("model", clip.contentHash());
        kind.put("device", clip.info().device().replaceFirst(":.*", ""));
        return kind;
    }

    /** The same as far as options alone tell it. */
    private Map<String, String> plannedKind(Protocol protocol) {
        var options = data.apply(common().loadOptions());
        var kind = new LinkedHashMap<String, String>();
        kind.put("protocol", protocol.toString());
        kind.put("model_config", model.config().orElse("its own"));
        kind.put("skip_bad_images", Boolean.toString(options.skipBadImages()));
        kind.put("apply_exif_orientation", Boolean.toString(options.applyOrientation()));
        kind.put("precision", common().precision().toString());
        kind.putAll(recipes.kind(protocol, model.knowsBundledWords()));
        return kind;
    }

    private List<String> about(String modelTitle, SweepResults results) {
        var machines = results.measuredOn().stream().map(MeasuredOn::title).toList();
        var settings = new ArrayList<String>();
        recipes.kind(protocol(), model.knowsBundledWords())
                .forEach((name, value) -> settings.add(name + ": " + (value.isEmpty() ? "none" : value)));
        return List.of(
                String.join("; ", machines) + ". Model: " + modelTitle + ".",
                "Settings: " + String.join("; ", settings)
                        + (recipes.describeFiles().isEmpty()
                                ? ""
                                : "; from files: " + String.join("; ", recipes.describeFiles()))
                        + ".");
    }
}
