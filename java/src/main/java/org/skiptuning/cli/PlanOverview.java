package org.skiptuning.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.skiptuning.benchmark.RemainingJobs;
import org.skiptuning.benchmark.Shard;
import org.skiptuning.benchmark.job.DataReference;
import org.skiptuning.benchmark.job.Job;
import org.skiptuning.benchmark.job.ModelReference;
import org.skiptuning.report.Prose;

/** {@code benchmark --plan}: what would run, what of it is done, and how long the rest takes. */
final class PlanOverview {
    private final SweepRequest request;
    private final ExecutorOptions executors;
    private final Optional<Path> machine;
    private final Output out;

    /** @param machine a file of {@code speed --json}, where the plan is for another one */
    PlanOverview(SweepRequest request, ExecutorOptions executors, Optional<Path> machine, Output out) {
        this.request = request;
        this.executors = executors;
        this.machine = machine;
        this.out = out;
    }

    /**
     * A plan is to be had before there are data and a model.
     *
     * @param output may hold a part of the sweep
     */
    void tell(Optional<Path> output) {
        OutputFiles files = OutputFiles.of(request.common());
        output.ifPresent(folder -> files.fills("--output", OutputFiles.requireFolder(folder, "results")));
        files.reads("--model", request.model().file().filter(Files::exists))
                .reads("--settings", request.recipes().files())
                .reads("--machine", machine)
                .check();
        var references = request.planned();
        var unknown = new ModelReference(Path.of("."), Optional.empty(), "");
        var plan = request.plan(references, unknown, Map.of(), Set.of(), request.surroundings("cpu"));
        request.model()
                .shape()
                .ifPresent(shape ->
                        plan.requireBlocks(shape.image().layers(), shape.text().layers()));
        if (request.methods().stream().anyMatch(plan::chooses)) {
            SweepData.requirePublishedValidation(plan.tasks());
        }
        plan.requireRates();
        var all = RemainingJobs.of(plan, executors.shard());
        var left = output.map(folder -> RemainingJobs.of(plan, executors.shard(), folder, request.plannedKind()))
                .orElse(all);
        PlanTable.print(out, plan);
        if (!executors.shard().equals(Shard.ALL)) {
            out.line("Of these %,d are part %s.", all.size(), executors.shard());
        }
        var json = new LinkedHashMap<>(PlanTable.json(plan));
        output.ifPresent(folder -> {
            int done = all.size() - left.size();
            if (done > 0) {
                out.line("%,d %s done in %s, and %,d left.", done, done == 1 ? "is" : "are", folder, left.size());
            }
            json.put("done", done);
        });
        var missing = SweepData.missing(references);
        if (!missing.isEmpty()) {
            out.line(
                    "Not below %s yet: %s; verify-data %s tells what to fetch, and --datasets takes others.",
                    request.root(), Prose.list(missing), request.root());
        }
        tellTime(left, references).ifPresent(estimate -> json.put("estimate", estimate.json()));
        out.json(json);
    }

    private Optional<PlanEstimate> tellTime(List<Job> jobs, List<DataReference> references) {
        if (jobs.isEmpty()) {
            out.line("Nothing is left to do.");
            return Optional.empty();
        }
        var common = request.common();
        var elsewhere = machine.map(file -> PlanEstimate.Rates.read(file, common.precision()));
        var shape = request.model().shape();
        var sizes = shape.flatMap(known -> PlanEstimate.sizes(references));
        if (sizes.isEmpty()) {
            out.line(
                    "How long it takes can be told when %s.",
                    shape.isEmpty() ? "--model is there, or --config names its shape" : "the data are there");
            return Optional.empty();
        }
        var rates = elsewhere.orElseGet(() -> PlanEstimate.Rates.measured(common, shape.orElseThrow()));
        var estimate = PlanEstimate.of(
                jobs,
                shape.orElseThrow(),
                sizes.get(),
                rates,
                common.precision(),
                machine.isPresent()
                        ? executors.cards()
                        : executors.cards(common.device().resolve().toString(), common.anyDevice()));
        estimate.print(out);
        return Optional.of(estimate);
    }
}
