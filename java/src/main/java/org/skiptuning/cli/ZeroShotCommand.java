package org.skiptuning.cli;

import java.util.LinkedHashMap;
import java.util.Optional;
import org.skiptuning.ClassSubset;
import org.skiptuning.data.TemplateSet;
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
            "      --dataset oxford_pets --json -"
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
        loadCoreAhead();
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
}
