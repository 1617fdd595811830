package org.skiptuning.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.skiptuning.Device;
import org.skiptuning.SkipTuningException;
import org.skiptuning.ffi.NativeContext;
import org.skiptuning.ffi.NativeLibrary;
import org.skiptuning.files.CacheFolder;
import org.skiptuning.files.PathSetting;
import org.skiptuning.report.Figures;
import org.skiptuning.speed.Machine;
import picocli.CommandLine.Command;
import tools.jackson.databind.JsonNode;

/** {@code doctor}. */
@Command(
        name = "doctor",
        header = "What is installed, found and usable here.",
        description = "Measures the devices, and names the remedy for whatever is missing.",
        customSynopsis = "skip-tuning doctor [OPTIONS]",
        footer = {"  skip-tuning doctor", "  skip-tuning doctor --device cuda --json -"})
final class DoctorCommand extends ToolCommand {
    /** By how much faster matrix products make a lower precision worth its rounding. */
    private static final double WORTHWHILE = 1.5;

    /** Something that is missing, and what to do about it. */
    private record Problem(String what, String remedy) {}

    private final Map<String, Object> found = new LinkedHashMap<>();
    private final List<Problem> problems = new ArrayList<>();

    @Override
    int run(Output output) {
        output.line("Skip Tuning %s", Version.text());
        output.line("");
        java(output);
        processor(output);
        nativeCore(output);
        cache(output);
        bundled(output);
        found.put(
                "problems",
                problems.stream()
                        .map(problem -> Map.of("what", problem.what(), "remedy", problem.remedy()))
                        .toList());
        output.json(found);
        if (problems.isEmpty()) {
            output.line("");
            output.line("All that is needed is there.");
            return 0;
        }
        String list = problems.stream()
                .map(Problem::what)
                .reduce((first, second) -> first + "; " + second)
                .orElseThrow();
        throw new SkipTuningException(list + ": " + problems.getFirst().remedy());
    }

    private void java(Output output) {
        item(output, "Java", Machine.java() + ", " + System.getProperty("java.home"));
        found.put(
                "java", Map.of("version", System.getProperty("java.version"), "home", System.getProperty("java.home")));
    }

    private void processor(Output output) {
        List<String> units = Machine.bf16Units();
        int threads = common().threads() == 0 ? Machine.processors() : common().threads();
        item(output, "Processor", Machine.processor() + ", " + threads + " of " + Machine.processors() + " threads");
        item(
                output,
                "Memory",
                Figures.bytes(Machine.memoryBytes()) + ", Java heap up to "
                        + Figures.bytes(Runtime.getRuntime().maxMemory()));
        item(output, "bf16 units", units.isEmpty() ? "none" : String.join(", ", units));
        found.put("threads", threads);
        found.put("processor", Machine.processor());
        found.put("memory_bytes", Machine.memoryBytes());
        found.put("bf16_units", units);
    }

    private void nativeCore(Output output) {
        var libtorch = new LinkedHashMap<String, Object>();
        found.put("libtorch", libtorch);
        found.put("devices", List.of());
        try {
            JsonNode build = Json.read(NativeLibrary.buildInfo());
            Path folder = NativeLibrary.libtorchFolder();
            libtorch.put("version", text(build, "libtorch"));
            libtorch.put("path", folder.toString());
            found.put("core", build);
            item(output, "LibTorch", text(build, "libtorch") + ", " + folder);
            item(output, "Native core", coreText(build));
            devices(output);
        } catch (SkipTuningException missing) {
            libtorch.putIfAbsent("error", String.valueOf(missing.getMessage()));
            problem(
                    output,
                    "Native core",
                    String.valueOf(missing.getMessage()),
                    "the launcher skip-tuning builds what is missing, and --libtorch names another LibTorch");
        }
    }

    private static String coreText(JsonNode build) {
        return "interface " + text(build, "abi") + ", compiler " + text(build, "compiler") + ", CUDA "
                + (build.path("cuda").asBoolean() ? "yes" : "no");
    }

    private void devices(Output output) {
        List<String> names = new ArrayList<>();
        try (var context = NativeContext.create("cpu", common().threads())) {
            JsonNode info = Json.read(context.infoJson());
            info.path("devices").forEach(device -> names.add(device.asString()));
            item(output, "Devices", String.join(", ", names));
            found.put("backends", info.path("backends"));
            String multiplies = info.path("gemm").asString("");
            found.put("gemm", multiplies);
            item(output, "Products", "by " + multiplies + " on the processor, the fastest here");
        }
        var measured = new ArrayList<Map<String, Object>>();
        for (String name : names) {
            measured.add(measure(output, name));
        }
        found.put("devices", measured);
        Device asked = common().device();
        if (asked.kind() == Device.Kind.CUDA && !names.contains(asked.toString())) {
            problem(
                    output,
                    "CUDA",
                    "there is no device " + asked,
                    "use --device cpu, or a LibTorch with CUDA by --libtorch and a driver for the card");
        }
    }

    private Map<String, Object> measure(Output output, String name) {
        var device = new LinkedHashMap<String, Object>();
        device.put("name", name);
        output.progress().begin("measuring " + name, "devices");
        try (var context = NativeContext.create(name, common().threads())) {
            JsonNode measured = Json.read(context.measureJson());
            var best = new LinkedHashMap<String, Double>();
            measured.path("gemm")
                    .forEach(rate -> best.merge(
                            text(rate, "precision"), rate.path("gflops").asDouble(), Math::max));
            device.put("precisions", List.copyOf(best.keySet()));
            device.put("gemm", measured.path("gemm"));
            device.put("bandwidth_gbs", measured.path("bandwidth_gbs"));
            var text = new StringBuilder();
            best.forEach((precision, rate) ->
                    text.append(String.format(Locale.ROOT, "%s %,.0f GFLOP/s, ", precision, rate)));
            output.progress().pause();
            text.append(String.format(
                    Locale.ROOT,
                    "memory %.1f GB/s",
                    measured.path("bandwidth_gbs").asDouble()));
            double full = best.getOrDefault("fp32", Double.NaN);
            if (best.getOrDefault("bf16", 0.0) > WORTHWHILE * full) {
                text.append("; --precision bf16 pays");
            }
            best.forEach((precision, rate) -> text.append(slowness(precision, full / rate)));
            item(output, "  " + name, text.toString());
        }
        return device;
    }

    /** Said of a precision that the device emulates. */
    static String slowness(String precision, double times) {
        return times < WORTHWHILE || !Double.isFinite(times)
                ? ""
                : String.format(
                        Locale.ROOT, "; --precision %s is emulated, %.0f times slower than fp32", precision, times);
    }

    private void cache(Output output) {
        Path folder = CacheFolder.root();
        long bytes = size(folder);
        found.put("cache", Map.of("path", folder.toString(), "bytes", bytes));
        if (!isWritable(folder)) {
            problem(
                    output,
                    "Cache",
                    "nothing can be kept in " + folder,
                    "make it writable, or name another cache folder in SKIP_TUNING_CACHE");
            return;
        }
        item(output, "Cache", folder + (bytes == 0 ? ", empty" : ", " + Figures.bytes(bytes) + "; may be deleted"));
    }

    /** Also where it is still to be made: no permission bits tell that of every file system. */
    private static boolean isWritable(Path folder) {
        try {
            Files.createDirectories(folder);
            return Files.isWritable(folder);
        } catch (IOException refused) {
            return false;
        }
    }

    private void bundled(Output output) {
        Optional<Path> model = BundledModel.find();
        if (model.isPresent()) {
            item(output, "Bundled model", model.get().toString());
        } else {
            problem(
                    output,
                    "Bundled model",
                    "the bundled model is missing",
                    "start by the launcher skip-tuning, or name its folder in SKIP_TUNING_BUNDLED_MODEL");
        }
        found.put("bundled_model", model.map(Path::toString).orElse(null));
        Optional<Path> pictures = PathSetting.BUNDLED_PICTURES.path().filter(Files::isRegularFile);
        item(
                output,
                "Bundled pictures",
                pictures.map(Path::toString)
                        .orElse("not fetched yet; the launcher fetches them when a command needs them"));
        found.put("bundled_pictures", pictures.map(Path::toString).orElse(null));
    }

    private static void item(Output output, String name, String value) {
        output.marked(true, "%-17s %s", name, value);
    }

    private void problem(Output output, String name, String what, String remedy) {
        problems.add(new Problem(what, remedy));
        output.marked(false, "%-17s %s", name, what);
        output.line("  %-17s → %s", "", remedy);
    }

    private static String text(JsonNode node, String name) {
        return node.path(name).asString("");
    }

    private static long size(Path folder) {
        if (!Files.isDirectory(folder)) {
            return 0;
        }
        try (var files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        } catch (IOException | java.io.UncheckedIOException unreadable) {
            return 0;
        }
    }
}
