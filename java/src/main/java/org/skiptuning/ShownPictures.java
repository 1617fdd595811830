package org.skiptuning;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.skiptuning.data.LabelledImage;
import org.skiptuning.ffi.NativeCache;
import org.skiptuning.ffi.NativeTrainer;

/**
 * What a method is shown beside its batches: features of all training pictures before the first step, where it looks at
 * them at once, and of validation pictures, where it chooses by them.
 */
final class ShownPictures implements AutoCloseable {
    private final Recipe recipe;
    private final Optional<Shown> training;
    private final Optional<Shown> validation;

    private record Shown(NativeCache features, long[] labels) {}

    private ShownPictures(Recipe recipe, Optional<Shown> training, Optional<Shown> validation) {
        this.recipe = recipe;
        this.training = training;
        this.validation = validation;
    }

    /**
     * Puts what the method wants through the image tower.
     *
     * @param source of the training pictures
     */
    static ShownPictures of(
            TrainingData data, Model model, NativeOptions options, ImageRows source, TrainingListener listener) {
        var recipe = data.settings().method().recipe();
        if (!recipe.prepares()) {
            return new ShownPictures(recipe, Optional.empty(), validation(data, model, options, listener));
        }
        listener.onPhase(Phase.CACHE_IMAGES);
        var settings = data.settings();
        var views = settings.augmentation() == PictureAugmentation.NONE ? 1 : (int) settings.ownNumber("key_views", 1);
        // Passes that no epoch of batches takes.
        var firstView = recipe.wholeSet() ? 0 : data.epochs();
        var order = IntStream.range(0, data.images().size()).toArray();
        var training = shown(data, model, options, data.images(), views, cache -> {
            for (var view = 0; view < views; view++) {
                source.put(cache, firstView + view, (long) view * order.length, order);
            }
        });
        try {
            return new ShownPictures(recipe, Optional.of(training), validation(data, model, options, listener));
        } catch (Throwable failure) {
            training.features().close();
            throw failure;
        }
    }

    private static Optional<Shown> validation(
            TrainingData data, Model model, NativeOptions options, TrainingListener listener) {
        var images = data.data().validation();
        if (data.settings().method().recipe().validates() == Recipe.Validates.NEVER || images.isEmpty()) {
            return Optional.empty();
        }
        List<Path> paths = images.stream().map(LabelledImage::path).toList();
        try (var pictures = Pictures.once(model, paths)) {
            return Optional.of(shown(
                    data,
                    model,
                    options,
                    images,
                    1,
                    cache -> pictures.forEachChunk(
                            pictures.order(), pictures.testTransform(), false, Phase.CACHE_IMAGES, (first, chunk) -> {
                                var count = chunk.pictures().size();
                                cache.putImages(first, chunk.pixels(), count);
                                listener.onProgress(Phase.CACHE_IMAGES, first + count, images.size());
                            })));
        }
    }

    private static Shown shown(
            TrainingData data,
            Model model,
            NativeOptions options,
            List<LabelledImage> images,
            int views,
            Consumer<NativeCache> filling) {
        var rows = (long) views * images.size();
        var cache = NativeCache.create(model.weights(), options.featureCache(rows, data.classes(), model));
        try {
            filling.accept(cache);
            return new Shown(
                    cache, images.stream().mapToLong(LabelledImage::label).toArray());
        } catch (Throwable failure) {
            cache.close();
            throw failure;
        }
    }

    /** Whether there is something to choose by. */
    boolean validates() {
        return validation.isPresent();
    }

    void prepare(NativeTrainer trainer) {
        training.ifPresent(shown -> trainer.prepare(shown.features(), shown.labels()));
    }

    /** After a step. */
    void validateStep(NativeTrainer trainer) {
        validate(trainer, Recipe.Validates.EACH_STEP);
    }

    /** After the last step. */
    void validateEnd(NativeTrainer trainer) {
        validate(trainer, Recipe.Validates.AT_END);
    }

    private void validate(NativeTrainer trainer, Recipe.Validates when) {
        if (recipe.validates() == when) {
            validation.ifPresent(shown -> trainer.validate(shown.features(), shown.labels()));
        }
    }

    @Override
    public void close() {
        Consumer<Shown> closing = shown -> shown.features().close();
        training.ifPresent(closing);
        validation.ifPresent(closing);
    }
}
