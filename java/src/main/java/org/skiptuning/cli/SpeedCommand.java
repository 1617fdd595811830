package org.skiptuning.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.skiptuning.CheckpointException;
import org.skiptuning.Method;
import org.skiptuning.SkipTuning;
import org.skiptuning.SkipTuningException;
import org.skiptuning.checkpoint.ClipConfiguration;
import org.skiptuning.report.Figures;
import org.skiptuning.speed.Machine;
import org.skiptuning.speed.MeasuredMachine;
import org.skiptuning.speed.MethodSpeed;
import org.skiptuning.speed.SpeedSettings;
import org.skiptuning.speed.StepBenchmark;
import org.skiptuning.speed.TimedMethod;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code speed}. */
@Command(
        name = "speed",
        header = "Time and memory of a training step, method against method.",
        description = {
            "On random weights, pictures and prompts of a published shape. The floor is the least a step can take on this"
                    + " machine: its operations by formula at the best rate measured on its own matrix products, and the"
                    + " optimizer's bytes at the memory's rate."
        },
        customSynopsis = "skip-tuning speed [OPTIONS]",
        footer = {
            "  skip-tuning speed",
            "  skip-tuning speed --classes 100 --start-layer 6 --top-ratio 0.5 --max-classes 50",
            "  skip-tuning speed --methods skip --precision bf16 --steps 50 --json speed.json"
        })
final class SpeedCommand extends ToolCommand {
    private static final int PLAIN_STEPS = 3;

    @Option(
            names = "--methods",
            paramLabel = "NAMES",
            description =
                    "Which, separated by commas, or all of them: skip, full, linear, lp++, coop, cocoop, kgcoop, prograd, maple,"
                            + " promptsrc, tcp, dept, clip-adapter, tip-adapter-f, lora. Default: skip,full,coop,lora.")
    private Optional<String> methodNames = Optional.empty();

    @Option(
            names = "--plain",
            description =
                    "Also time the same steps computed plainly: every row of every block, by automatic differentiation.")
    private boolean plain;

    @Option(
            names = "--arch",
            completionCandidates = Candidates.Shapes.class,
            paramLabel = "NAME",
            description = "A published shape, such as ViT-B-32 or ViT-L-14. Default: ViT-B-16-quickgelu.")
    private String architecture = "ViT-B-16-quickgelu";

    @Option(names = "--classes", paramLabel = "M", description = "Classes, a prompt each. Default: 50.")
    private int classes = 50;

    @Option(names = "--batch-size", paramLabel = "B", description = "Pictures a step. Default: 4.")
    private int batchSize = 4;

    @Option(names = "--start-layer", paramLabel = "W", description = "Frozen blocks of each tower (ω). Default: 9.")
    private int startLayer = 9;

    @Option(
            names = "--top-ratio",
            paramLabel = "R",
            description = "Share of the classes surely kept (r); above 1 their number. Default: 0.05.")
    private double topRatio = 0.05;

    @Option(
            names = "--lambda",
            paramLabel = "L",
            description = "Scale of the tail by which other classes stay (λ). Default: 0.3.")
    private double lambda = 0.3;

    @Option(
            names = "--max-classes",
            paramLabel = "N",
            description = "Cap on the surely kept classes; 0 has none. Default: 0.")
    private int maxClasses;

    @Option(names = "--steps", paramLabel = "S", description = "Measured steps, after two unmeasured. Default: 20.")
    private int steps = 20;

    @Override
    int run(Output output) {
        List<TimedMethod> methods = methods();
        OutputFiles.of(common())
                .reads("--arch", Optional.of(Path.of(architecture)).filter(Files::isRegularFile))
                .check();
        SpeedSettings settings = settings();
        output.progress().begin("making random weights", "steps");
        try (var benchmark = benchmark(settings, methods)) {
            output.progress().begin("measuring the machine", "steps");
            MeasuredMachine machine = benchmark.machine();
            var results = new LinkedHashMap<String, MethodSpeed>();
            for (TimedMethod method : methods) {
                output.progress().begin("timing " + method, "steps");
                results.put(
                        method.toString(),
                        benchmark.measure(
                                method,
                                machine,
                                (done, total) -> output.progress().update(done, total, Optional.empty())));
            }
            Map<String, Double> plainMillis = plain ? plainMillis(benchmark, methods, output) : Map.of();
            print(output, settings, machine, results, plainMillis);
            output.json(json(settings, machine, results, plainMillis));
            return 0;
        }
    }

    private static StepBenchmark benchmark(SpeedSettings settings, List<TimedMethod> methods) {
        try {
            return new StepBenchmark(settings, methods);
        } catch (IllegalArgumentException impossible) {
            throw new SkipTuningException(String.valueOf(impossible.getMessage()), impossible);
        }
    }

    private List<TimedMethod> methods() {
        if (methodNames.isEmpty()) {
            return TimedMethod.usual();
        }
        if (methodNames.get().equals("all")) {
            return TimedMethod.all();
        }
        var converter = new Converters.TimedMethodConverter();
        var chosen = new ArrayList<TimedMethod>();
        for (String name : methodNames.get().split(",")) {
            if (!name.isBlank()) {
                chosen.add(converter.convert(name));
            }
        }
        if (chosen.isEmpty()) {
            throw new UsageException("--methods names none: use " + TimedMethod.all());
        }
        return chosen;
    }

    /** Of few steps: they are long, and only their size is wanted. */
    private Map<String, Double> plainMillis(StepBenchmark benchmark, List<TimedMethod> methods, Output output) {
        var millis = new LinkedHashMap<String, Double>();
        for (TimedMethod method : methods) {
            output.progress().begin("timing " + method + " computed plainly", "steps");
            List<Double> times = benchmark
                    .measurePlain(
                            method,
                            Math.min(steps, PLAIN_STEPS),
                            (done, total) -> output.progress().update(done, total, Optional.empty()))
                    .stream()
                    .sorted()
                    .toList();
            millis.put(method.toString(), times.get(times.size() / 2));
        }
        return millis;
    }

    private ClipConfiguration shape() {
        try {
            return ClipConfiguration.named(architecture);
        } catch (CheckpointException unknown) {
            if (Files.exists(Path.of(architecture))) {
                throw unknown;
            }
            throw new UsageException(String.valueOf(unknown.getMessage()));
        }
    }

    private SpeedSettings settings() {
        try {
            return new SpeedSettings(
                    shape(),
                    classes,
                    batchSize,
                    startLayer,
                    topRatio,
                    lambda,
                    maxClasses,
                    steps,
                    common().precision(),
                    common().device().resolve().toString(),
                    common().threads(),
                    common().seed());
        } catch (IllegalArgumentException outOfRange) {
            String problem = SettingOptions.asOption(String.valueOf(outOfRange.getMessage()));
            throw new SkipTuningException(
                    problem.contains("shape") ? "--arch " + architecture + ": " + problem : problem, outOfRange);
        }
    }

    private void print(
            Output output,
            SpeedSettings settings,
            MeasuredMachine machine,
            Map<String, MethodSpeed> results,
            Map<String, Double> plainMillis) {
        output.line(
                "%s, %s, %d classes, batch %d, %s: best matrix product %,.0f GFLOP/s, memory %.1f GB/s",
                Machine.processor(),
                architecture,
                settings.classes(),
                settings.batchSize(),
                settings.precision(),
                machine.gemmGigaflops(),
                machine.bandwidthGigabytes());
        output.line("");
        output.line(
                "%-14s %10s %21s %6s %8s %10s %7s %10s %10s",
                "", "step", "middle half", "kept", "GFLOP", "floor", "of it", "memory", "held");
        results.forEach((name, speed) -> output.line(
                "%-14s %7.1f ms %8.1f - %7.1f ms %6d %8.1f %7.1f ms %5.0f %% %10s %10s",
                name,
                speed.medianMillis(),
                speed.quantile(0.25),
                speed.quantile(0.75),
                speed.keptClasses(),
                speed.cost().exactGigaflops(),
                speed.floorMillis(),
                100 * speed.shareOfFloor(),
                Figures.bytes(speed.peakMemoryBytes()),
                Figures.bytes(speed.heldBytes())));
        plainMillis.forEach((name, millis) -> output.line(
                "%-14s %.1f ms computed plainly: %.1f times as long",
                name, millis, millis / Objects.requireNonNull(results.get(name)).medianMillis()));
        output.line("");
        output.line(
                "Memory: the most above the loaded weights, with gradients, momentum and the cache; held: what a forward keeps for the"
                        + " backward.");
        results.keySet().stream()
                .filter(name -> TimedMethod.of(name).isFit())
                .forEach(name -> output.line(
                        "A step of %s is a whole fit of its logistic regression; its search of a cost takes %d of them.",
                        name, SkipTuning.builder(Method.of(name)).settings().epochs()));
        if (results.values().stream().anyMatch(speed -> speed.shareOfFloor() > 1)) {
            output.line(
                    "A step can beat its floor, which counts each prompt's beginning anew: it is computed once for all.");
        }
    }

    private Map<String, Object> json(
            SpeedSettings settings,
            MeasuredMachine machine,
            Map<String, MethodSpeed> results,
            Map<String, Double> plainMillis) {
        var object = new LinkedHashMap<String, Object>();
        var methodsObject = new LinkedHashMap<String, Object>();
        results.forEach((name, speed) -> {
            var ofMethod = json(speed);
            ofMethod.put("step_is_a_fit", TimedMethod.of(name).isFit());
            Optional.ofNullable(plainMillis.get(name)).ifPresent(millis -> ofMethod.put("plain_step_ms", millis));
            methodsObject.put(name, ofMethod);
        });
        object.put("methods", methodsObject);
        var machineObject = new LinkedHashMap<String, Object>();
        machineObject.put("processor", Machine.processor());
        machineObject.put("processors", Machine.processors());
        machineObject.put("device", settings.device());
        machineObject.put("threads", settings.threads() == 0 ? Machine.processors() : settings.threads());
        machineObject.put("gemm_gflops", machine.gemmGigaflops());
        machineObject.put("gemm", machine.products());
        machineObject.put("bandwidth_gbs", machine.bandwidthGigabytes());
        object.put("machine", machineObject);
        object.put("arch", architecture);
        object.put("classes", settings.classes());
        object.put("batch_size", settings.batchSize());
        object.put("start_layer", settings.startLayer());
        object.put("top_ratio", settings.topRatio());
        object.put("lambda", settings.lambda());
        object.put("max_classes", settings.maxClasses());
        object.put("steps", settings.steps());
        object.put("precision", settings.precision().toString());
        return object;
    }

    private static Map<String, Object> json(MethodSpeed speed) {
        var object = new LinkedHashMap<String, Object>();
        object.put("step_ms", speed.medianMillis());
        object.put("all_step_ms", speed.stepMillis());
        object.put("peak_memory_bytes", speed.peakMemoryBytes());
        object.put("peak_tensor_bytes", speed.peakTensorBytes());
        object.put("held_bytes", speed.heldBytes());
        object.put("paper_style_bytes", speed.cost().paperStyleBytes().orElse(null));
        object.put("gflop", speed.cost().exactGigaflops());
        object.put("published_gflop", speed.cost().publishedGigaflops());
        object.put("floor_ms", speed.floorMillis() > 0 ? speed.floorMillis() : null);
        object.put("share_of_floor", speed.floorMillis() > 0 ? speed.shareOfFloor() : null);
        object.put("kept_classes", speed.keptClasses());
        object.put("trained_parameters", speed.cost().trainedParameters());
        return object;
    }
}
