package org.skiptuning.cli;

import java.nio.file.Path;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.skiptuning.ClassResult;
import org.skiptuning.Evaluation;
import org.skiptuning.ModelInfo;
import org.skiptuning.TrainingSettings;
import org.skiptuning.cli.DemoCommand.Halves;
import org.skiptuning.cli.DemoCommand.Outcome;
import org.skiptuning.data.DataSet;
import org.skiptuning.data.LabelledImage;
import org.skiptuning.data.bundled.StyleInfo;
import org.skiptuning.ffi.NativeLibrary;
import org.skiptuning.report.ClassChange;
import org.skiptuning.report.Curve;
import org.skiptuning.report.DemoReport;
import org.skiptuning.report.Fact;
import org.skiptuning.report.Figures;
import org.skiptuning.report.Licence;
import org.skiptuning.report.MethodRow;
import org.skiptuning.speed.Machine;

/** Turns what the demo measured into its report. */
final class DemoReportBuilder {
    private final DataSet data;
    private final Map<String, StyleInfo> styles;
    private final ModelInfo model;
    private final CommonOptions common;
    private final boolean bundledModel;

    DemoReportBuilder(
            DataSet data, Map<String, StyleInfo> styles, ModelInfo model, CommonOptions common, boolean bundledModel) {
        this.data = data;
        this.styles = styles;
        this.model = model;
        this.common = common;
        this.bundledModel = bundledModel;
    }

    DemoReport build(Halves before, Outcome skip, Optional<Outcome> full) {
        var methods = new ArrayList<MethodRow>();
        methods.add(new MethodRow(
                "zero-shot",
                "Zero-shot",
                before.base().accuracy(),
                before.unseen().accuracy(),
                before.harmonicMean(),
                OptionalDouble.empty(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                "the model as it came"));
        methods.add(row("skip", "Skip Tuning", skip));
        full.ifPresent(outcome -> methods.add(row("full", "Full fine-tuning", outcome)));
        var curves = new ArrayList<Curve>();
        curves.add(new Curve(
                "skip", "Skip Tuning", "Cross entropy against the classes that each step keeps.", skip.losses()));
        full.ifPresent(outcome -> curves.add(
                new Curve("full", "Full fine-tuning", "Cross entropy against all base classes.", outcome.losses())));
        var pictures = new PictureChoice(data, before, skip.halves());
        var classes = Stream.concat(
                        changes("base", before.base(), skip.halves().base()),
                        changes("new", before.unseen(), skip.halves().unseen()))
                .toList();
        return new DemoReport(
                data.name(),
                taskText(skip.settings()),
                LocalDate.now().format(DateTimeFormatter.ofPattern("d MMMM yyyy", Locale.ENGLISH)),
                methods,
                pictures.tally(),
                pictures.cards(),
                curves,
                classes,
                settings(skip.settings()),
                machine(),
                licences(),
                bundledModel);
    }

    private String taskText(TrainingSettings settings) {
        return String.format(
                Locale.ROOT,
                "%d things. Up to %d pictures a class were trained on, for half of the classes; the other half was held back."
                        + " Measured on %d test pictures, drawn in other styles.",
                data.classNames().size(),
                settings.shots(),
                data.test().size());
    }

    private static MethodRow row(String key, String name, Outcome outcome) {
        TrainingSettings settings = outcome.settings();
        String what = key.equals("skip")
                ? "ω = " + settings.imageStartLayer() + ", r = " + number(settings.topRatio())
                : "every block, all classes";
        return new MethodRow(
                key,
                name,
                outcome.halves().base().accuracy(),
                outcome.halves().unseen().accuracy(),
                outcome.halves().harmonicMean(),
                OptionalDouble.of(outcome.result().trainSeconds()),
                OptionalLong.of(outcome.result().peakMemoryBytes()),
                OptionalLong.of(outcome.result().peakTensorBytes()),
                OptionalLong.of(outcome.result().trainedParameters()),
                what + ", rate " + number(settings.learningRate()) + ", " + settings.epochs() + " epochs");
    }

    private static Stream<ClassChange> changes(String half, Evaluation before, Evaluation after) {
        var list = new ArrayList<ClassChange>();
        for (int label = 0; label < before.perClass().size(); label++) {
            ClassResult first = before.perClass().get(label);
            list.add(new ClassChange(
                    first.name(),
                    half,
                    first.correct(),
                    after.perClass().get(label).correct(),
                    first.total()));
        }
        return list.stream();
    }

    private static List<Fact> settings(TrainingSettings settings) {
        return List.of(
                new Fact(
                        "Start layer ω",
                        settings.imageStartLayer() + " image, " + settings.textStartLayer() + " text",
                        "blocks that stay frozen; their outputs are computed once and cached"),
                new Fact(
                        "Classes kept r, λ",
                        number(settings.topRatio()) + ", " + number(settings.lambda()),
                        "a step looks at the classes its pictures could be confused with, and a random tail of the others"),
                new Fact("Optimizer", settings.optimizer() + ", weight decay " + number(settings.weightDecay())),
                new Fact(
                        "Learning rates",
                        number(settings.learningRate()) + " text, " + number(settings.imageLearningRate()) + " image",
                        "a cosine downwards after " + settings.warmupEpochs() + " epoch of warm-up"),
                new Fact(
                        "Pictures",
                        settings.shots() + " a class at most, batches of " + settings.batchSize() + ", "
                                + settings.epochs() + " epochs"),
                new Fact("Augmentation", settings.augmentation().toString()),
                new Fact("Prompt", settings.templates()),
                new Fact("Precision, seed", settings.precision() + ", " + settings.seed()));
    }

    private List<Fact> machine() {
        return List.of(
                new Fact(
                        "Processor",
                        Machine.processor(),
                        (common.threads() == 0 ? Machine.processors() : common.threads())
                                + (common.threads() == 1 ? " thread" : " threads")),
                new Fact("Device", model.device()),
                new Fact("Memory", Figures.bytes(Machine.memoryBytes())),
                new Fact("System", Machine.system()),
                new Fact("Java", Machine.java()),
                new Fact(
                        "LibTorch",
                        Json.read(NativeLibrary.buildInfo()).path("libtorch").asString("")),
                new Fact("Skip Tuning", Version.text()),
                new Fact(
                        "Model",
                        bundledModel ? "the bundled one" : model.source(),
                        model.imageLayers() + " + " + model.textLayers() + " blocks, " + model.imageSize()
                                + " pixels"));
    }

    /** Only of the sets that this task shows or learns from. */
    private List<Licence> licences() {
        return Stream.of(data.train(), data.test())
                .flatMap(List::stream)
                .map(LabelledImage::path)
                .map(path -> Optional.ofNullable(path.getParent())
                        .map(Path::getFileName)
                        .map(Path::toString)
                        .orElse(""))
                .distinct()
                .sorted()
                .flatMap(style -> Optional.ofNullable(styles.get(style)).stream())
                .map(style -> new Licence(style.title(), style.author(), style.licence()))
                .toList();
    }

    /** Few digits, the way people write settings: 3e-4, 0.3. */
    static String number(double value) {
        if (value != 0 && Math.abs(value) < 1e-3) {
            int exponent = (int) Math.floor(Math.log10(value) + 1e-9);
            return String.format(Locale.ROOT, "%.3g", value / Math.pow(10, exponent))
                            .replaceFirst("\\.?0+$", "") + "e" + exponent;
        }
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }
}
