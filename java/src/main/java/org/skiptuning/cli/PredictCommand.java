package org.skiptuning.cli;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.skiptuning.Prediction;
import org.skiptuning.SkipTuningException;
import org.skiptuning.data.TemplateSet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code predict}. */
@Command(
        name = "predict",
        header = "What is in pictures: labels and probabilities.",
        description = "Names the most likely of the labels given.",
        customSynopsis = {
            "skip-tuning predict --classes A,B,C [OPTIONS] IMAGE...",
            "skip-tuning predict --tuned DIR [OPTIONS] IMAGE..."
        },
        footer = {
            "  skip-tuning predict --model ViT-B-16.pt --classes cat,dog photos/*.jpg",
            "  skip-tuning predict --tuned runs/photos --classes-file labels.txt \\",
            "      --json - photos/1.jpg"
        })
final class PredictCommand extends ToolCommand {
    private static final String USUAL_TEMPLATE = "a photo of a {}.";

    @Parameters(paramLabel = "IMAGE", arity = "1..*", description = "Picture files.")
    private List<Path> images = List.of();

    @Option(
            names = "--classes",
            paramLabel = "A,B,C",
            description = "Labels to choose from, separated by commas. Default with --tuned: its own.")
    private Optional<String> classes = Optional.empty();

    @Option(names = "--classes-file", paramLabel = "FILE", description = "Labels to choose from, one a line.")
    private Optional<Path> classesFile = Optional.empty();

    @Option(
            names = "--tuned",
            paramLabel = "DIR",
            description =
                    "Folder that train wrote, in place of --model; of a method that left parameters, --model says where"
                            + " the model lies that these were trained beside, if it was moved.")
    private @Nullable Path tuned;

    @Option(names = "--top", paramLabel = "N", description = "How many labels to name for each picture. Default: 5.")
    private int top = 5;

    @Option(
            names = "--templates",
            paramLabel = "T",
            converter = TemplateOption.class,
            description = "A text with {} for the label. Default: \"" + USUAL_TEMPLATE
                    + "\"; with --tuned the prompt it was trained with.")
    private Optional<TemplateSet> templates = Optional.empty();

    @Mixin
    private final ModelOptions model = new ModelOptions();

    @Override
    int run(Output output) {
        Optional<List<String>> labels = labels();
        if (tuned != null && templates.isPresent()) {
            throw new UsageException(
                    "--tuned brings its own prompt, which contradicts --templates: leave one of them out");
        }
        if (top < 1) {
            throw new SkipTuningException("--top is " + top + ": use 1 or more");
        }
        EncodeCommand.requireFiles(images);
        OutputFiles.of(common())
                .reads("IMAGE", images)
                .reads("--classes-file", classesFile)
                .reads("--tuned", Optional.ofNullable(tuned))
                .reads("--model", model.file())
                .check();
        loadCoreAhead();
        List<List<Prediction>> predictions = predict(labels);
        var lines = new StringBuilder();
        for (int i = 0; i < images.size(); i++) {
            List<Prediction> best = predictions.get(i).stream().limit(top).toList();
            print(output, images.get(i), best);
            lines.append(Json.line(json(images.get(i), best))).append('\n');
        }
        if (common().jsonToStandardOutput()) {
            output.streams().out().print(lines);
        } else if (common().json().isPresent()) {
            WholeFile.write(Path.of(common().json().get()), lines.toString().getBytes(StandardCharsets.UTF_8));
        }
        return 0;
    }

    /** Those given; nothing where the fine-tuned model's own are meant. */
    private Optional<List<String>> labels() {
        if (classes.isPresent() && classesFile.isPresent()) {
            throw new UsageException("--classes contradicts --classes-file: leave one of them out");
        }
        if (classes.isEmpty() && classesFile.isEmpty()) {
            if (tuned == null) {
                throw new UsageException(
                        "--classes is missing: name the labels to choose from, such as --classes cat,dog");
            }
            return Optional.empty();
        }
        List<String> given = classes.isPresent()
                ? Arrays.asList(classes.get().split(","))
                : LabelsFile.read(classesFile.orElseThrow());
        List<String> labels = given.stream()
                .map(String::strip)
                .filter(label -> !label.isEmpty())
                .toList();
        if (labels.isEmpty()) {
            throw classesFile
                    .<RuntimeException>map(LabelsFile::empty)
                    .orElseGet(() -> new UsageException(
                            "there are no labels to choose from: name some, such as --classes cat,dog"));
        }
        requireDistinct(labels, classes.isPresent() ? "--classes" : "--classes-file");
        return Optional.of(labels);
    }

    /** One label twice would share its probability between two lines that nobody can tell apart. */
    private static void requireDistinct(List<String> labels, String option) {
        var seen = new HashSet<String>();
        labels.stream()
                .filter(label -> !seen.add(TemplateSet.spoken(label)))
                .findFirst()
                .ifPresent(label -> {
                    throw new UsageException(
                            option + " names the label \"" + label + "\" more than once: name each once");
                });
    }

    private List<List<Prediction>> predict(Optional<List<String>> labels) {
        Path directory = tuned;
        if (directory == null) {
            model.check();
            try (var clip = model.load(common().loadOptions())) {
                return clip.classify(
                        images,
                        labels.orElseThrow(),
                        templates.orElseGet(() -> TemplateSet.of(model.template(USUAL_TEMPLATE))));
            }
        }
        try (var finetuned = TunedModel.load(EvaluateCommand.existing(directory), model, common().loadOptions())) {
            return finetuned.classify(images, labels.orElseGet(finetuned::classNames)).stream()
                    .map(PredictCommand::joined)
                    .toList();
        }
    }

    /** Two of ImageNet's classes share a name each: what a picture is of adds up. */
    private static List<Prediction> joined(List<Prediction> predictions) {
        var byLabel = new LinkedHashMap<String, Double>();
        predictions.forEach(prediction -> byLabel.merge(prediction.label(), prediction.probability(), Double::sum));
        return byLabel.entrySet().stream()
                .map(entry -> new Prediction(entry.getKey(), entry.getValue()))
                .sorted(Comparator.comparingDouble(Prediction::probability).reversed())
                .toList();
    }

    private static void print(Output output, Path image, List<Prediction> best) {
        output.line("%s", image);
        int width = best.stream()
                .mapToInt(prediction -> prediction.label().length())
                .max()
                .orElse(1);
        for (Prediction prediction : best) {
            long cells = Math.round(prediction.probability() * 20);
            output.line(String.format(
                            Locale.ROOT,
                            "  %-" + width + "s  %5.1f %%  %s",
                            prediction.label(),
                            100 * prediction.probability(),
                            "█".repeat((int) cells))
                    .stripTrailing());
        }
    }

    private static Map<String, Object> json(Path image, List<Prediction> best) {
        var object = new LinkedHashMap<String, Object>();
        object.put("image", image.toString());
        object.put("top", best.stream().map(PredictCommand::json).toList());
        return object;
    }

    private static Map<String, Object> json(Prediction prediction) {
        var object = new LinkedHashMap<String, Object>();
        object.put("label", prediction.label());
        object.put("probability", prediction.probability());
        return object;
    }
}
