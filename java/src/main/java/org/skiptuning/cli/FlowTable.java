package org.skiptuning.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.skiptuning.CheckpointException;
import org.skiptuning.SkipTuningException;
import org.skiptuning.benchmark.report.FlowPlot;
import org.skiptuning.checkpoint.ClipConfiguration;
import org.skiptuning.report.Figures;
import org.skiptuning.speed.Flow;
import org.skiptuning.speed.SpeedSettings;
import org.skiptuning.speed.TimedMethod;

/** {@code analyze flow}: the propagation flow of each method, drawn in letters. */
final class FlowTable {
    private static final int BATCH = 4;

    private static final int USUAL_START_LAYER = 9;

    private FlowTable() {}

    /**
     * Of which steps.
     *
     * @param startLayer frozen blocks of Skip Tuning; else nine, or all but one
     * @param topRatio share of the classes that it surely keeps
     * @param lambda scale of the tail by which others stay
     */
    record Steps(String architecture, int classes, Optional<Integer> startLayer, double topRatio, double lambda) {}

    static void print(Output output, Steps steps, CommonOptions common, Optional<Path> plot) {
        ClipConfiguration shape;
        SpeedSettings settings;
        try {
            shape = ClipConfiguration.named(steps.architecture());
            settings = new SpeedSettings(
                    shape,
                    steps.classes(),
                    BATCH,
                    steps.startLayer()
                            .orElse(Math.min(
                                    USUAL_START_LAYER,
                                    Math.min(
                                                    shape.image().layers(),
                                                    shape.text().layers())
                                            - 1)),
                    steps.topRatio(),
                    steps.lambda(),
                    0,
                    1,
                    common.precision(),
                    "cpu",
                    0,
                    1);
        } catch (CheckpointException unknown) {
            throw new UsageException(String.valueOf(unknown.getMessage()));
        } catch (IllegalArgumentException impossible) {
            throw new SkipTuningException(
                    SettingOptions.asOption(String.valueOf(impossible.getMessage()))
                            .replace("--classes", "--class-count"),
                    impossible);
        }
        var flows = TimedMethod.all().stream()
                .map(method -> Flow.of(settings, method))
                .toList();
        String architecture = steps.architecture();
        plot.ifPresent(file -> WholeFile.write(
                file,
                FlowPlot.png(
                        flows,
                        shape.image().layers(),
                        shape.text().layers(),
                        architecture + ", batches of " + BATCH + ", " + steps.classes() + " classes")));
        String format =
                "%-14s %-" + shape.image().layers() + "s  %-" + shape.text().layers() + "s %8s %9s %8s %10s %12s";
        output.line(
                "%s, batches of %d, %d classes; █ blocks that a step passes forth and back, · blocks that it does not",
                architecture, BATCH, steps.classes());
        output.line("");
        output.line(format, "", "images", "texts", "kept", "tokens", "GFLOP", "published", "paper-style");
        for (Flow flow : flows) {
            output.line(
                    format,
                    flow.method(),
                    blocks(shape.image().layers(), flow.imageBlocks()),
                    blocks(shape.text().layers(), flow.textBlocks()),
                    flow.textBlocks() > 0 ? Figures.number(flow.classes()) : "–",
                    String.format(java.util.Locale.ROOT, "%,d", flow.imageTokens() + flow.classTokens()),
                    Figures.number(flow.cost().exactGigaflops()),
                    Figures.number(flow.cost().publishedGigaflops()),
                    flow.cost().paperStyleBytes().map(Figures::bytes).orElse("–"));
        }
        output.line("");
        output.line(
                "Kept: classes whose prompts a step passes, of a random tail the mean. Tokens are those of pictures and prompts in a"
                        + " step; tip-adapter takes none. Published: as public implementations compute it.");
        output.json(Map.of("arch", architecture, "methods", json(flows)));
    }

    private static String blocks(int layers, int passed) {
        return "·".repeat(layers - passed) + "█".repeat(passed);
    }

    private static List<Map<String, Object>> json(List<Flow> flows) {
        var all = new ArrayList<Map<String, Object>>();
        for (Flow flow : flows) {
            var object = new LinkedHashMap<String, Object>();
            object.put("method", flow.method().toString());
            object.put("image_blocks", flow.imageBlocks());
            object.put("text_blocks", flow.textBlocks());
            object.put("classes", flow.classes());
            object.put("image_tokens", flow.imageTokens());
            object.put("class_tokens", flow.classTokens());
            object.put("gflop", flow.cost().exactGigaflops());
            object.put("published_gflop", flow.cost().publishedGigaflops());
            object.put("paper_style_bytes", flow.cost().paperStyleBytes().orElse(null));
            all.add(object);
        }
        return all;
    }
}
