package org.skiptuning;

import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.skiptuning.ffi.ElementType;
import tools.jackson.databind.node.ObjectNode;

/** What the native cache and trainer are told, as JSON. */
final class NativeOptions {
    private final TrainingSettings settings;
    private final Recipe recipe;
    private final int imageStart;
    private final int textStart;
    private final long imageRowBytes;

    /**
     * @throws IllegalArgumentException if a start layer leaves no block to train
     */
    NativeOptions(TrainingSettings settings, Model model) {
        this.settings = settings;
        this.recipe = settings.method().recipe();
        var layers = model.info().imageLayers();
        this.imageStart = switch (pictures()) {
            case SUFFIX -> settings.imageStartLayer().resolve("image", layers);
            case INPUT -> 0;
            case FEATURES -> layers;
        };
        this.textStart = recipe.pictures() == Recipe.CachedPictures.SUFFIX
                ? settings.textStartLayer().resolve("text", model.info().textLayers())
                : 0;
        var image = model.checkpoint().configuration().image();
        this.imageRowBytes = pictures() == Recipe.CachedPictures.FEATURES
                ? (long) model.info().embeddingSize() * Float.BYTES
                : (long) image.tokens() * image.width() * storedBytes();
    }

    /** DePT's are those of the method that it stands on. */
    private Recipe.CachedPictures pictures() {
        return settings.ownText("base")
                .map(base -> Method.of(base).recipe().pictures())
                .orElse(recipe.pictures());
    }

    private int storedBytes() {
        return settings.precision() == Precision.FP32 ? Float.BYTES : Short.BYTES;
    }

    /** The model's tensors that change. */
    TrainedTensors trained() {
        return recipe.keeps() == Recipe.Keeps.PARAMETERS
                ? TrainedTensors.none()
                : new TrainedTensors(imageStart, textStart);
    }

    /**
     * Of a step, by the paper's count; where prompts are trained on pictures' features, public implementations pass the
     * whole image tower. None where a step passes no tower at all.
     */
    Optional<Long> paperStyleBytes(Model model, int keptClasses, long trained) {
        var features = pictures() == Recipe.CachedPictures.FEATURES;
        if (features && !trainsPrompts()) {
            return Optional.empty();
        }
        return Optional.of(PaperStyleMemory.bytes(
                model.checkpoint().configuration(),
                features ? 0 : imageStart,
                textStart,
                settings.batchSize(),
                keptClasses,
                trained));
    }

    private boolean trainsPrompts() {
        return recipe.own().values().stream()
                .anyMatch(setting -> setting.core().orElse("").startsWith("prompt."));
    }

    /** Bytes of one picture in the cache. */
    long imageRowBytes() {
        return imageRowBytes;
    }

    /** What the cache holds of pictures. */
    Precision imagePrecision() {
        return pictures() == Recipe.CachedPictures.FEATURES ? Precision.FP32 : settings.precision();
    }

    ElementType imageStorage() {
        return switch (imagePrecision()) {
            case FP32 -> ElementType.FLOAT32;
            case BF16 -> ElementType.BFLOAT16;
            case FP16 -> ElementType.FLOAT16;
        };
    }

    /** What pictures' features hang on beside pictures and model, by name. */
    Map<String, String> imageFeatures() {
        return Map.of(
                "image_start_layer", Integer.toString(imageStart),
                "precision", settings.precision().toString());
    }

    /** @param file that holds the image features, where memory does not */
    String cache(long images, long texts, Optional<Path> file) {
        return cache(images, texts, imageStart, imagePrecision(), file);
    }

    /** Of a cache of pictures' features beside the one that steps train on. */
    String featureCache(long images, long texts, Model model) {
        return cache(images, texts, model.info().imageLayers(), Precision.FP32, Optional.empty());
    }

    private String cache(long images, long texts, int start, Precision storage, Optional<Path> file) {
        var node = SettingsJson.MAPPER
                .createObjectNode()
                .put("images", images)
                .put("texts", texts)
                .put("image_start", start)
                .put("text_start", textStart)
                .put("precision", settings.precision().toString())
                .put("storage", storage.toString());
        if (Boolean.TRUE.equals(settings.own().get("of_each_class"))) {
            // The start, which the vectors of each class follow.
            node.put("most_shared", 1);
        }
        file.ifPresent(path -> node.put("file", path.toString()));
        return node.toString();
    }

    /**
     * @param texts whose prompts are in the cache
     * @param pictures that it is trained on
     * @param validates whether there are pictures to choose by
     * @param trainedClasses where those of the cache are others, for a prediction
     */
    String trainer(ClassTexts texts, long pictures, boolean validates, OptionalInt trainedClasses) {
        var node = SettingsJson.MAPPER
                .createObjectNode()
                .put("method", recipe.core())
                .put("precision", settings.precision().toString())
                .put("reference", settings.referencePath());
        node.putObject("optimizer")
                .put("name", settings.optimizer().toString())
                .put("momentum", settings.momentum())
                .put("weight_decay", settings.weightDecay())
                .put("epsilon", settings.epsilon());
        if (recipe.uses("top_ratio")) {
            node.putObject("selection")
                    .put("top_ratio", settings.topRatio())
                    .put("max_classes", settings.maxClasses())
                    .put("lambda", settings.lambda())
                    .put("mask", settings.mask().toString())
                    .put("seed", settings.seed());
        }
        recipe.own()
                .values()
                .forEach(setting -> setting.core()
                        .ifPresent(path -> put(
                                node,
                                path,
                                Objects.requireNonNull(settings.own().get(setting.name())))));
        recipe.coreSettings()
                .propertyStream()
                .forEach(entry -> put(node, entry.getKey(), OwnSetting.plain(entry.getValue())));
        texts.describe(node);
        for (var seeded : new String[] {"prompt", "adapter", "low_rank", "probe"}) {
            if (node.has(seeded)) {
                node.withObject(seeded).put("seed", settings.seed());
            }
        }
        if (node.has("picture_cache")) {
            node.withObject("picture_cache").put("pictures", pictures);
        }
        if (!validates && node.path("probe").path("search").asBoolean(false)) {
            node.withObject("probe").put("search", false);
        }
        trainedClasses.ifPresent(count -> node.put("trained_classes", count));
        return node.toString();
    }

    /** @param path such as {@code prompt.tokens} */
    private static void put(ObjectNode node, String path, Object value) {
        var dot = path.indexOf('.');
        node.withObject(path.substring(0, dot)).set(path.substring(dot + 1), SettingsJson.MAPPER.valueToTree(value));
    }
}
