package org.skiptuning.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.skiptuning.CheckpointException;
import org.skiptuning.ClassSubset;
import org.skiptuning.FineTuned;
import org.skiptuning.data.DataSet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code evaluate}. */
@Command(
        name = "evaluate",
        header = "Accuracy of a fine-tuned model.",
        description = "Measured on the test pictures of the data it was trained on, or of others with --data.",
        customSynopsis = "skip-tuning evaluate --tuned DIR [OPTIONS]",
        footer = {
            "  skip-tuning evaluate --tuned runs/glyphs --classes new",
            "  skip-tuning evaluate --tuned runs/photos --data other-photos --json -"
        })
final class EvaluateCommand extends ToolCommand {
    @Option(names = "--tuned", paramLabel = "DIR", required = true, description = "Folder that train wrote.")
    private @Nullable Path tuned;

    @Option(
            names = "--classes",
            paramLabel = "HALF",
            converter = Converters.ClassSubsetConverter.class,
            description = "all, base (the first half) or new (the other). Default: all; of a method that knows no other"
                    + " classes, those that it was trained on.")
    private Optional<ClassSubset> classes = Optional.empty();

    @Mixin
    private final BaseModelOptions baseModel = new BaseModelOptions();

    @Mixin
    private final DataOptions data = new DataOptions();

    @Override
    int run(Output output) {
        Path directory = existing(tuned);
        var run = RunFile.read(directory);
        run.ifPresent(data::defaultTo);
        data.check();
        OutputFiles.of(common())
                .reads("--tuned", List.of(directory))
                .reads("--data", data.path())
                .check();
        loadCoreAhead();
        // The run's own seed, so that a folder is split as it was and no training picture is measured on.
        long seed =
                common().givenSeed().or(() -> run.flatMap(DataOptions::seed)).orElse(common().seed());
        var whole = data.openQuietly(seed, output);
        try (var finetuned = TunedModel.load(directory, baseModel.options(), data.apply(common().loadOptions()))) {
            var measured = classes(finetuned, whole, output);
            var evaluation = finetuned.evaluate(DataOptions.half(whole, measured, output), new ProgressAdapter(output));
            Accuracies.print(output, evaluation);
            var result = new LinkedHashMap<String, Object>(Accuracies.json(evaluation));
            result.put("classes", measured.toString());
            output.json(result);
            return 0;
        }
    }

    /** Those given; else all that the model can tell. */
    private ClassSubset classes(FineTuned finetuned, DataSet whole, Output output) {
        var settings = finetuned.settings();
        var given = classes.orElse(ClassSubset.ALL);
        if (settings.knowsOtherClasses()
                || settings.classes() == ClassSubset.ALL
                || finetuned.wasTrainedOn(given.cut(whole).classNames())) {
            return given;
        }
        if (classes.isPresent()) {
            throw new UsageException("--classes " + given + " asks for others than those of --classes "
                    + settings.classes() + ", and " + settings.method().title() + " knows only the "
                    + finetuned.classNames().size() + " classes that it was trained on: give --classes "
                    + settings.classes() + ", or leave it out");
        }
        output.line(
                "%s knows only the classes that it was trained on: measured on these alone.",
                settings.method().title());
        return settings.classes();
    }

    /** The folder of a fine-tuned model. */
    static Path existing(@Nullable Path directory) {
        if (directory == null || !Files.isDirectory(directory)) {
            throw new CheckpointException(
                    "--tuned " + directory + " is not a folder: name the --output of a train command");
        }
        return directory;
    }
}
