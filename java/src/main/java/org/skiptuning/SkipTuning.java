package org.skiptuning;

import java.nio.file.Path;
import java.util.Optional;
import org.skiptuning.data.DataSet;

/**
 * Fine-tunes a CLIP by Skip Tuning ("Skip Tuning: Pre-trained Vision-Language Models are Effective and Efficient
 * Adapters Themselves", CVPR 2025): only the last blocks of both towers train, on cached outputs of the others
 * (layer-wise skipping), and each step only against the classes that its pictures could be confused with (class-wise
 * skipping). No new parameters: the result is an ordinary CLIP.
 *
 * {@snippet :
 * try (Clip clip = Clip.load(Path.of("ViT-B-16.pt"));
 *         FineTuned tuned = SkipTuning.builder().startLayer(9).topRatio(0.05).build().fit(clip, data, listener)) {
 *     System.out.println(tuned.evaluate(data).accuracy());
 *     tuned.save(Path.of("tuned"));
 * }
 * }
 */
public final class SkipTuning {
    private final TrainingSettings settings;
    private final Optional<Path> features;

    SkipTuning(TrainingSettings settings) {
        this(settings, Optional.empty());
    }

    private SkipTuning(TrainingSettings settings, Optional<Path> features) {
        this.settings = settings;
        this.features = features;
    }

    /** Begins with the paper's values and base-to-new schedule. */
    public static SkipTuningBuilder builder() {
        return builder(Method.SKIP);
    }

    /** Begins with a method's published settings, those of its base-to-new runs. */
    public static SkipTuningBuilder builder(Method method) {
        return new SkipTuningBuilder(Presets.of(method));
    }

    /** Begins with given settings. */
    public static SkipTuningBuilder builder(TrainingSettings start) {
        return new SkipTuningBuilder(start);
    }

    public TrainingSettings settings() {
        return settings;
    }

    /**
     * The same that takes pictures' features from {@link FeatureFiles}, and comes to the same to the bit.
     *
     * @param folder of them; {@code fit} throws a SkipTuningException if they are others than those of the run, or not whole
     */
    public SkipTuning withFeatures(Path folder) {
        return new SkipTuning(settings, Optional.of(folder));
    }

    /**
     * Fine-tunes a copy of the model; the model itself stays as it is. Blocks until done; interrupting the thread stops
     * it after the running step. Image features that half the memory cannot hold lie in a nameless file in the cache
     * folder ({@code SKIP_TUNING_CACHE}) meanwhile, if its disk has room.
     *
     * @param data its training pictures are sampled and cut as the settings' shots and classes say
     * @throws IllegalArgumentException if a start layer leaves no block to train
     * @throws DataSetException if there is nothing to train on or a picture cannot be read
     * @throws DeviceMemoryException if the device has too little memory
     * @throws TrainingInterruptedException if the thread is interrupted
     * @throws SkipTuningException if the loss is no longer a number; says what to lower
     */
    public FineTuned fit(Clip clip, DataSet data, TrainingListener listener) {
        return TrainingRun.inMemory(settings, clip.model(), data, listener, features);
    }

    /**
     * The same, with a directory that gets the state to resume from after epochs and on interruption,
     * {@code metrics.jsonl} with a line a step, and in the end what {@link FineTuned#save} writes. A file of features, if
     * it takes one, lies in the directory.
     *
     * @param directory is made if missing; without {@code resume} an earlier run's files in it are replaced
     * @param resume goes on from the state in the directory, and ends with the same bytes as an uninterrupted run, but
     *     for the last bits on a card in 16 bits;
     *     starts from the beginning where there is none yet
     * @throws SkipTuningException also if the state there belongs to other settings, another model or other data
     */
    public FineTuned fit(Clip clip, DataSet data, TrainingListener listener, Path directory, boolean resume) {
        return TrainingRun.inDirectory(settings, clip.model(), data, listener, directory, resume, features);
    }
}
