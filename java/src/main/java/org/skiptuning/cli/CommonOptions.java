package org.skiptuning.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.skiptuning.Device;
import org.skiptuning.LoadOptions;
import org.skiptuning.Precision;
import org.skiptuning.SkipTuningException;
import org.skiptuning.ffi.NativeLibrary;
import picocli.CommandLine.Option;

/** Options that every command takes. */
final class CommonOptions {
    static final String HEADING = "Common options:";
    static final String STANDARD_OUTPUT = "-";

    private static final int MOST_THREADS = 1024;
    private static final long DEFAULT_SEED = 1;

    @Option(
            names = "--device",
            completionCandidates = Candidates.Devices.class,
            paramLabel = "DEVICE",
            converter = Converters.DeviceConverter.class,
            description =
                    "auto, cpu, cuda or cuda:N; auto takes the first CUDA card there is, else the processor. Default: auto.")
    private Device device = Device.auto();

    @Option(
            names = "--precision",
            paramLabel = "P",
            converter = Converters.PrecisionConverter.class,
            description =
                    "fp32, bf16 or fp16; trained weights stay fp32 in all of them. bf16 is several times faster on"
                            + " processors and cards with bf16 units (doctor shows); fp16 is for CUDA cards. Default: fp32;"
                            + " pretrain: bf16.")
    private Optional<Precision> precision = Optional.empty();

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Threads of the computation. Default: one a processor.")
    private Optional<Integer> threads = Optional.empty();

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Seed of all that is drawn: few-shot sampling, splits, batches, augmentation. Default: 1.")
    private Optional<Long> seed = Optional.empty();

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Write the result as one JSON object; - is standard output, which then holds nothing else.")
    private Optional<String> json = Optional.empty();

    @Option(
            names = "--libtorch",
            paramLabel = "DIR",
            description = "Folder of another LibTorch (with lib/ in it, or the libraries themselves).")
    private Optional<Path> libtorch = Optional.empty();

    @Option(
            names = {"-q", "--quiet"},
            description = "No progress and no text: only errors, and what --json writes.")
    private boolean quiet;

    @Option(
            names = {"-v", "--verbose"},
            description = "Logs, and the stack trace of a failure.")
    private boolean verbose;

    /** Takes effect before anything native or any logger is touched. */
    void prepare() {
        String log = "org.slf4j.simpleLogger.";
        System.setProperty(log + "defaultLogLevel", verbose ? "debug" : "warn");
        System.setProperty(log + "showThreadName", Boolean.toString(verbose));
        System.setProperty(log + "showLogName", Boolean.toString(verbose));
        if (threads.isPresent() && (threads.get() < 1 || threads.get() > MOST_THREADS)) {
            throw new SkipTuningException("--threads is " + threads.get() + ": use 1 to " + MOST_THREADS);
        }
        if (libtorch.isPresent()) {
            if (!Files.isDirectory(libtorch.get())) {
                throw new SkipTuningException("--libtorch " + libtorch.get()
                        + " is not a folder; name the one that holds LibTorch's libraries");
            }
            if (!NativeLibrary.isLibtorch(libtorch.get())) {
                throw new SkipTuningException(
                        "--libtorch " + libtorch.get() + " holds no libtorch_cpu.so, nor does a lib/"
                                + " in it; name the folder that holds LibTorch's libraries");
            }
            System.setProperty("skiptuning.libtorch", libtorch.get().toString());
        }
        if (json.isPresent() && !jsonToStandardOutput()) {
            WholeFile.check(Path.of(json.get()));
        }
    }

    LoadOptions loadOptions() {
        return LoadOptions.defaults()
                .withDevice(device)
                .withPrecision(precision())
                .withThreads(threads.orElse(0));
    }

    /** Whether the user left the choice of a device to the program. */
    boolean anyDevice() {
        return device.kind() == Device.Kind.AUTO;
    }

    Device device() {
        return device;
    }

    Precision precision() {
        return precision.orElse(Precision.FP32);
    }

    Optional<Precision> givenPrecision() {
        return precision;
    }

    int threads() {
        return threads.orElse(0);
    }

    long seed() {
        return seed.orElse(DEFAULT_SEED);
    }

    Optional<Long> givenSeed() {
        return seed;
    }

    Optional<String> json() {
        return json;
    }

    boolean jsonToStandardOutput() {
        return json.filter(STANDARD_OUTPUT::equals).isPresent();
    }

    boolean quiet() {
        return quiet;
    }

    boolean verbose() {
        return verbose;
    }
}
