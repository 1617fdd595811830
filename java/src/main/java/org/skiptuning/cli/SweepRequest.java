package org.skiptuning.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.skiptuning.Clip;
import org.skiptuning.Method;
import org.skiptuning.TrainingSettings;
import org.skiptuning.benchmark.Protocol;
import org.skiptuning.benchmark.SweepPlan;
import org.skiptuning.benchmark.SweepPlan.Entrant;
import org.skiptuning.benchmark.SweepResults;
import org.skiptuning.benchmark.job.DataReference;
import org.skiptuning.benchmark.job.MeasuredOn;
import org.skiptuning.benchmark.job.ModelReference;
import org.skiptuning.benchmark.job.Surroundings;

/** The sweep that the options of {@code benchmark} ask for. */
record SweepRequest(
        Protocol protocol,
        SweepOptions sweep,
        RecipeOptions recipes,
        ModelOptions model,
        DataOptions data,
        CommonOptions common) {
    /** Of a sweep's files: those of another are not read. */
    private static final String FORMAT = "2";

    /** Methods that take part. */
    List<Method> methods() {
        return sweep.entrants(onPublishedData()).stream()
                .map(Entrant::method)
                .distinct()
                .toList();
    }

    private boolean onBundledData() {
        return root().equals(DataOptions.BUNDLED);
    }

    boolean onPublishedData() {
        return !onBundledData() && (!names().isEmpty() || SweepData.isPublished(root()));
    }

    /** Opened before any work, so that what is missing is said then. */
    List<DataReference> references() {
        return distinct(SweepData.references(protocol, data.text().orElseThrow(), names(), common.seed()));
    }

    /** For a plan, which is to be had before there are data. */
    List<DataReference> planned() {
        return distinct(SweepData.planned(protocol, root(), names(), common.seed()));
    }

    /** Where none is named there is a plan alone, and that is of the bundled data. */
    String root() {
        return data.text().orElse(DataOptions.BUNDLED);
    }

    private List<String> names() {
        return SweepData.names(data.dataset(), sweep.datasets());
    }

    private List<DataReference> distinct(List<DataReference> references) {
        var distinct = references.stream().distinct().toList();
        if (protocol.transfers() && distinct.size() < 2) {
            throw new UsageException(
                    protocol + " trains on one data set and measures others: name them with --datasets,"
                            + " the one to train on first");
        }
        return distinct;
    }

    Surroundings surroundings(String device) {
        return Surroundings.of(device, data.apply(common.loadOptions()));
    }

    SweepPlan plan(
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
                (entrant, dataSet, shots) -> recipe(entrant, dataSet, shots),
                reference,
                model.template("coop"),
                fingerprints,
                comparable,
                surroundings);
    }

    private TrainingSettings recipe(Entrant entrant, String dataSet, int shots) {
        var settings = recipes.settings(
                entrant.method(), shots, protocol, common, Optional.of(dataSet), model.knowsBundledWords());
        return sweep.study()
                .map(study -> study.varied(settings, entrant.variant()))
                .orElse(settings);
    }

    /** What all runs of a folder have to share beside their own settings. */
    Map<String, String> kind(Clip clip) {
        var kind = new LinkedHashMap<>(plannedKind());
        kind.put("model", clip.contentHash());
        kind.put("device", clip.info().device().replaceFirst(":.*", ""));
        return kind;
    }

    /** The same as far as options alone tell it. */
    Map<String, String> plannedKind() {
        var options = data.apply(common.loadOptions());
        var kind = new LinkedHashMap<String, String>();
        kind.put("format", FORMAT);
        kind.put("protocol", protocol.toString());
        kind.put("model_config", model.config().orElse("its own"));
        kind.put("skip_bad_images", Boolean.toString(options.skipBadImages()));
        kind.put("apply_exif_orientation", Boolean.toString(options.applyOrientation()));
        kind.put("precision", common.precision().toString());
        kind.putAll(recipes.kind(protocol, model.knowsBundledWords()));
        return kind;
    }

    /** What a report says of it: on what it was measured, and with which model and settings. */
    List<String> about(String modelTitle, SweepResults results) {
        var machines = results.measuredOn().stream().map(MeasuredOn::title).toList();
        var settings = new ArrayList<String>();
        recipes.kind(protocol, model.knowsBundledWords())
                .forEach((name, value) -> settings.add(name + ": " + (value.isEmpty() ? "none" : value)));
        return List.of(
                (machines.isEmpty() ? "" : String.join("; ", machines) + ". ") + "Model: " + modelTitle + ".",
                "Settings: " + String.join("; ", settings)
                        + (recipes.describeFiles().isEmpty()
                                ? ""
                                : "; from files: " + String.join("; ", recipes.describeFiles()))
                        + ".");
    }
}
