package org.skiptuning;

import java.nio.file.Path;
import java.util.Optional;

/** What the native cache and trainer are told, as JSON. */
final class NativeOptions {
    private final TrainingSettings settings;
    private final int imageStart;
    private final int textStart;
    private final long imageRowBytes;

    /**
     * @throws IllegalArgumentException if a start layer leaves no block to train
     */
    NativeOptions(TrainingSettings settings, Model model) {
        this.settings = settings.effective();
        this.imageStart =
                this.settings.imageStartLayer().resolve("image", model.info().imageLayers());
        this.textStart =
                this.settings.textStartLayer().resolve("text", model.info().textLayers());
        var image = model.checkpoint().configuration().image();
        var bytes = this.settings.precision() == Precision.FP32 ? Float.BYTES : Short.BYTES;
        this.imageRowBytes = (long) image.tokens() * image.width() * bytes;
    }

    TrainedTensors trained() {
        return new TrainedTensors(imageStart, textStart);
    }

    /** Bytes of one picture in the cache. */
    long imageRowBytes() {
        return imageRowBytes;
    }

    /** @param file that holds the image features, where memory does not */
    String cache(long images, long texts, Optional<Path> file) {
        var node = SettingsJson.MAPPER
                .createObjectNode()
                .put("images", images)
                .put("texts", texts)
                .put("image_start", imageStart)
                .put("text_start", textStart)
                .put("precision", settings.precision().toString())
                .put("storage", settings.precision().toString());
        file.ifPresent(path -> node.put("file", path.toString()));
        return node.toString();
    }

    String trainer() {
        var node = SettingsJson.MAPPER
                .createObjectNode()
                .put("method", "skip")
                .put("precision", settings.precision().toString())
                .put("reference", settings.referencePath());
        node.putObject("optimizer")
                .put("name", settings.optimizer().toString())
                .put("momentum", settings.momentum())
                .put("weight_decay", settings.weightDecay());
        node.putObject("selection")
                .put("top_ratio", settings.topRatio())
                .put("max_classes", settings.maxClasses())
                .put("lambda", settings.lambda())
                .put("mask", settings.mask().toString())
                .put("seed", settings.seed());
        return node.toString();
    }
}
