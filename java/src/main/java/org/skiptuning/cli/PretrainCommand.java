package org.skiptuning.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Optional;
import org.skiptuning.Precision;
import org.skiptuning.SkipTuningException;
import org.skiptuning.data.bundled.BundledData;
import org.skiptuning.pretrain.PretrainListener;
import org.skiptuning.pretrain.PretrainOptions;
import org.skiptuning.pretrain.Pretraining;
import org.skiptuning.pretrain.Recipe;
import org.skiptuning.report.Figures;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code pretrain}. */
@Command(
        name = "pretrain",
        header = "Makes the bundled model from the bundled pictures.",
        description =
                "Contrastive training on pictures and their names, by the recipe that the bundled model was made with. Takes"
                        + " about an hour on two cores; may be interrupted and resumed.",
        customSynopsis = "skip-tuning pretrain [OPTIONS]",
        footer = {
            "  skip-tuning pretrain",
            "  skip-tuning pretrain --resume",
            "  skip-tuning pretrain --output runs/short --steps 200 --json -"
        })
final class PretrainCommand extends ToolCommand {
    private static final int SAVE_EVERY = 100;
    private static final int PROBE_EVERY = 250;
    private static final int MOST_STEPS = 10_000_000;

    @Option(
            names = "--output",
            paramLabel = "DIR",
            description =
                    "Gets the model, its log and settings, and what --resume needs. Default: skip-tuning-pretrained.")
    private Path output = Path.of("skip-tuning-pretrained");

    @Option(
            names = "--resume",
            description = "Go on from the state in --output, to the same bytes as an uninterrupted run.")
    private boolean resume;

    @Option(names = "--steps", paramLabel = "N", description = "Spread the recipe over another number of steps.")
    private Optional<Integer> steps = Optional.empty();

    @Option(
            names = "--save-every",
            paramLabel = "N",
            description = "Steps between two saved states. Default: " + SAVE_EVERY + ".")
    private int saveEvery = SAVE_EVERY;

    @Option(
            names = "--probe-every",
            paramLabel = "N",
            description = "Steps between two measurements on the validation style. Default: " + PROBE_EVERY + ".")
    private int probeEvery = PROBE_EVERY;

    @Override
    Optional<String> resumeAdvice(long stepsDone) {
        return Optional.of("to go on, give the same command with --resume");
    }

    @Override
    int run(Output out) {
        requireRange("--steps", steps.orElse(1));
        requireRange("--save-every", saveEvery);
        requireRange("--probe-every", probeEvery);
        OutputFiles.of(common()).writes("--output", output).check();
        Recipe recipe = recipe();
        var data = BundledData.open(new ProgressAdapter(out));
        var options = new PretrainOptions(
                output, resume, common().device().resolve().toString(), common().threads(), saveEvery, probeEvery);
        out.progress().begin("pre-training", "steps");
        var result = Pretraining.run(recipe, data, options, new Reporter(out));
        out.line(
                "%,d steps, loss of the last batch %.4f, %.2f %% on the validation style, %s",
                result.steps(), result.loss(), result.accuracy(), Figures.seconds(result.seconds()));
        out.line("Saved to %s", output);
        var object = new LinkedHashMap<String, Object>();
        object.put("steps", result.steps());
        object.put("loss", result.loss());
        object.put("validation_accuracy", result.accuracy());
        object.put("test_accuracy", result.tests());
        object.put("averaged_weights", result.averaged());
        object.put("seconds", result.seconds());
        object.put("output", output.toString());
        out.json(object);
        return 0;
    }

    private Recipe recipe() {
        if (common().givenPrecision().equals(Optional.of(Precision.FP16))) {
            throw new UsageException("--precision fp16 is not for pre-training: use bf16 or fp32");
        }
        var recipe = steps.map(Recipe.bundled()::withSteps).orElseGet(Recipe::bundled);
        return recipe.with(
                common().givenSeed().orElse(recipe.seed()),
                common().givenPrecision().map(Precision::toString).orElse(recipe.precision()));
    }

    private static void requireRange(String option, int value) {
        if (value < 1 || value > MOST_STEPS) {
            throw new SkipTuningException(option + " is " + value + ": use 1 to " + MOST_STEPS);
        }
    }

    private record Reporter(Output out) implements PretrainListener {
        @Override
        public void onStep(int step, int steps, double loss) {
            out.progress().update(step, steps, Optional.of(loss));
        }

        @Override
        public void onProbe(int step, double accuracy, double averageAccuracy) {
            out.line(
                    "step %,d: %.2f %% on the validation style, %.2f %% with averaged weights",
                    step, accuracy, averageAccuracy);
        }
    }
}
