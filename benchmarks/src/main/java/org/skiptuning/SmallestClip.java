package org.skiptuning;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.skiptuning.checkpoint.Activation;
import org.skiptuning.checkpoint.ClipConfiguration;
import org.skiptuning.checkpoint.ClipConfiguration.ImageTower;
import org.skiptuning.checkpoint.ClipConfiguration.TextTower;
import org.skiptuning.checkpoint.SafetensorsWriter;
import org.skiptuning.data.DataSet;
import org.skiptuning.data.LabelledImage;
import org.skiptuning.data.TemplateSet;
import org.skiptuning.ffi.ElementType;
import org.skiptuning.ffi.IdleTrainer;
import org.skiptuning.ffi.LongBinaryProgress;
import org.skiptuning.ffi.NativeBuffer;
import org.skiptuning.ffi.NativeCache;
import org.skiptuning.ffi.NativeModel;
import org.skiptuning.ffi.NativeTrainer;
import org.skiptuning.ffi.StepResult;
import org.skiptuning.ffi.TensorView;
import org.skiptuning.files.Folders;

/**
 * A CLIP of two narrow blocks a tower with all that its training needs, on one thread: its computation is as little as
 * possible, so that what Java and the boundary cost can be told apart from it. Batches and classes are the usual ones, and
 * rates of zero keep its weights as they are.
 */
@State(Scope.Benchmark)
public class SmallestClip {
    public static final int CLASSES = 50;
    public static final int BATCH = 4;
    /** Of an epoch. */
    public static final int STEPS = 100;

    private static final CacheRoom UNLIMITED = new CacheRoom(Path.of(""), Long.MAX_VALUE, 0, Long.MAX_VALUE);
    private static final int KEPT = 7;
    private static final ClipConfiguration SHAPE = new ClipConfiguration(
            8,
            Activation.QUICK_GELU,
            1e-5,
            -1,
            new ImageTower(8, 4, 2, 16, 2, 64),
            new TextTower(12, 49408, 2, 16, 2, 64));
    private static final String CONFIGURATION = """
            {"model_cfg": {"embed_dim": 8, "quick_gelu": true,
              "vision_cfg": {"image_size": 8, "patch_size": 4, "layers": 2, "width": 16, "head_width": 8},
              "text_cfg": {"context_length": 12, "vocab_size": 49408, "layers": 2, "width": 16, "heads": 2}}}
            """;

    private final SplittableRandom random = new SplittableRandom(1);
    private Path folder = Path.of("");
    private Clip clip;
    private Model tuned;
    private NativeCache cache;
    private NativeTrainer trainer;
    private NativeOptions options;
    private TrainingData data;

    @Setup
    public void create() throws IOException {
        folder = Files.createTempDirectory("smallest-clip");
        Files.writeString(folder.resolve("open_clip_config.json"), CONFIGURATION);
        writeWeights(folder.resolve("open_clip_model.safetensors"));
        clip = Clip.load(folder, LoadOptions.defaults().withDevice(Device.cpu()).withThreads(1));
        var settings = settings();
        data = TrainingData.prepare(settings, dataSet(), clip.model(), TrainingListener.none());
        options = new NativeOptions(settings, clip.model());
        tuned = clip.model().fork(options.trained());
        cache = NativeCache.create(
                clip.model().weights(), options.cache(data.images().size(), CLASSES, Optional.empty()));
        fill();
        trainer = NativeTrainer.create(tuned.weights(), Optional.of(cache), trainerOptions());
    }

    private static TrainingSettings settings() {
        return SkipTuning.builder()
                .startLayer(1)
                .topRatio(KEPT)
                .lambda(0)
                .batchSize(BATCH)
                .epochs(1)
                .learningRate(0)
                .imageLearningRate(0)
                .warmupLearningRate(0)
                .augmentation(PictureAugmentation.NONE)
                .settings();
    }

    /** Of pictures that nobody reads: their features are put in by {@link #fill}. */
    private static DataSet dataSet() {
        var names =
                IntStream.range(0, CLASSES).mapToObj(label -> "thing " + label).toList();
        var images = IntStream.range(0, STEPS * BATCH)
                .mapToObj(index -> new LabelledImage(Path.of("picture-" + index + ".png"), index % CLASSES))
                .toList();
        return new DataSet("smallest", names, images, List.of(), List.of(), "");
    }

    private void fill() {
        var side = SHAPE.image().size();
        var count = data.images().size();
        try (var pixels = NativeBuffer.allocate((long) count * 3 * side * side * Float.BYTES)) {
            for (var place = 0L; place < pixels.size(); place += Float.BYTES) {
                pixels.putFloat(place, (float) random.nextGaussian());
            }
            cache.putImages(0, pixels, count);
        }
        var prompts = TemplateSet.of("coop").prompts(data.data());
        try (var tokens = new TextEncoder(clip.model()).tokens(prompts)) {
            cache.putTexts(tokens, CLASSES, SHAPE.text().context(), LongBinaryProgress.IGNORED);
        }
    }

    private void writeWeights(Path file) {
        var tensors = new ArrayList<TensorView>();
        try {
            SHAPE.tensorShapes().forEach((name, shape) -> tensors.add(tensor(name, shape)));
            SafetensorsWriter.write(file, tensors, Map.of());
        } finally {
            tensors.forEach(tensor -> tensor.buffer().close());
        }
    }

    private TensorView tensor(String name, long[] shape) {
        var elements = 1L;
        for (var size : shape) {
            elements *= size;
        }
        var buffer = NativeBuffer.allocate(elements * Float.BYTES);
        var isNorm = name.matches(".*ln_\\w+\\.weight");
        for (var place = 0L; place < buffer.size(); place += Float.BYTES) {
            buffer.putFloat(place, isNorm ? 1 : 0.3f * (float) random.nextGaussian());
        }
        return TensorView.contiguous(name, ElementType.FLOAT32, shape, buffer);
    }

    public NativeModel model() {
        return clip.model().weights();
    }

    public NativeTrainer trainer() {
        return trainer;
    }

    /** An epoch of {@link #STEPS} steps as a run makes it, but for the computation: Java's share of a step. */
    public void epochWithoutComputing(IdleTrainer idle) {
        var steps = new TrainingLoop.Steps() {
            @Override
            public void begin(long step, long[] imageRows, long[] labels, double textRate, double imageRate) {
                idle.begin(step, imageRows, labels, textRate, imageRate);
            }

            @Override
            public StepResult end() {
                return idle.end();
            }
        };
        var rows = new RowCache(data, options.imageRowBytes(), UNLIMITED);
        RowCache.Filler filledBefore = (view, firstRow, images) -> {};
        new TrainingLoop(
                        data,
                        steps,
                        rows,
                        filledBefore,
                        MetricsLog.empty(),
                        TrainingListener.none(),
                        TrainingLoop.Checkpointer.none(),
                        0)
                .run();
    }

    /** What a run tells the core of its trainer. */
    public String trainerOptions() {
        var texts = new ClassTexts(data.settings(), clip.model(), data.data());
        return options.trainer(texts, data.images().size(), false, OptionalInt.empty());
    }

    /** What a run tells the core of its cache. */
    public String cacheOptions() {
        return options.cache(data.images().size(), CLASSES, Optional.empty());
    }

    @TearDown
    public void close() {
        trainer.close();
        cache.close();
        tuned.close();
        clip.close();
        Folders.deleteQuietly(folder);
    }
}
