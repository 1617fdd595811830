package org.skiptuning.checkpoint;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.skiptuning.CheckpointException;
import tools.jackson.databind.node.ObjectNode;

/** Preprocessing as open_clip and Hugging Face write it; what is left out is OpenAI's. */
final class PreprocessingFiles {
    /** Pillow's number for BICUBIC. */
    private static final int BICUBIC = 3;

    private static final double BYTE_TO_UNIT = 1 / 255.0;

    private PreprocessingFiles() {}

    /** @param object open_clip's {@code preprocess_cfg} */
    static Preprocessing readOpenClip(JsonObject object, int imageSize) {
        if (object.has("size") && object.square("size", imageSize) != imageSize) {
            throw object.wrong("size", "the model's image size, " + imageSize);
        }
        if (!object.text("interpolation", "bicubic").equals("bicubic")) {
            throw object.wrong("interpolation", "bicubic: others aren't supported yet");
        }
        if (!object.text("mode", "RGB").equals("RGB")) {
            throw object.wrong("mode", "RGB");
        }
        var resizeMode = switch (object.text("resize_mode", "shortest")) {
            case "shortest" -> ResizeMode.SHORTEST;
            case "squash" -> ResizeMode.SQUASH;
            default -> throw object.wrong("resize_mode", "shortest or squash: others aren't supported yet");
        };
        return preprocessing(object, imageSize, "mean", "std", resizeMode);
    }

    static ObjectNode writeOpenClip(Preprocessing preprocessing) {
        var root = Json.MAPPER.createObjectNode();
        var mean = root.putArray("mean");
        preprocessing.mean().forEach(mean::add);
        var deviation = root.putArray("std");
        preprocessing.deviation().forEach(deviation::add);
        return root.put("interpolation", "bicubic")
                .put("resize_mode", preprocessing.resizeMode().name().toLowerCase(Locale.ROOT));
    }

    /** @param object Hugging Face's {@code preprocessor_config.json} */
    static Preprocessing readHuggingFace(JsonObject object, int imageSize) {
        for (var step : List.of("do_resize", "do_normalize", "do_rescale")) {
            if (!object.flag(step, true)) {
                throw object.wrong(step, "true: leaving it out isn't supported yet");
            }
        }
        if (Math.abs(object.number("rescale_factor", BYTE_TO_UNIT) - BYTE_TO_UNIT) > 1e-6) {
            throw object.wrong("rescale_factor", "1/255");
        }
        if (object.integer("resample", BICUBIC) != BICUBIC) {
            throw object.wrong("resample", "3 (bicubic): others aren't supported yet");
        }
        boolean squash = object.value("size").has("height");
        int resized = squash ? side(object, "size") : shortest(object, imageSize);
        boolean crops = object.flag("do_center_crop", !squash);
        if (!squash && !crops) {
            throw object.wrong("do_center_crop", "true where \"size\" is a shortest edge");
        }
        int cropped = !crops
                ? resized
                : object.value("crop_size").isObject()
                        ? side(object, "crop_size")
                        : object.integer("crop_size", imageSize);
        if (resized != imageSize || cropped != imageSize) {
            throw new CheckpointException(object.source() + " resizes to " + resized + " and cuts to " + cropped
                    + " pixels; other sizes than the model's " + imageSize + " aren't supported yet");
        }
        return preprocessing(
                object, imageSize, "image_mean", "image_std", squash ? ResizeMode.SQUASH : ResizeMode.SHORTEST);
    }

    static ObjectNode writeHuggingFace(Preprocessing preprocessing) {
        boolean squash = preprocessing.resizeMode() == ResizeMode.SQUASH;
        var root = Json.MAPPER.createObjectNode();
        root.put("image_processor_type", "CLIPImageProcessor");
        root.put("do_convert_rgb", true)
                .put("do_resize", true)
                .put("do_rescale", true)
                .put("do_normalize", true);
        root.put("do_center_crop", !squash);
        root.put("resample", BICUBIC).put("rescale_factor", BYTE_TO_UNIT);
        square(root.putObject("crop_size"), preprocessing.size());
        var size = root.putObject("size");
        if (squash) {
            square(size, preprocessing.size());
        } else {
            size.put("shortest_edge", preprocessing.size());
        }
        var mean = root.putArray("image_mean");
        preprocessing.mean().forEach(mean::add);
        var deviation = root.putArray("image_std");
        preprocessing.deviation().forEach(deviation::add);
        return root;
    }

    private static void square(ObjectNode node, int size) {
        node.put("height", size).put("width", size);
    }

    private static int shortest(JsonObject object, int imageSize) {
        return object.value("size").isObject()
                ? object.requiredObject("size").requiredInteger("shortest_edge")
                : object.integer("size", imageSize);
    }

    private static int side(JsonObject object, String key) {
        var size = object.requiredObject(key);
        if (size.requiredInteger("height") != size.requiredInteger("width")) {
            throw object.wrong(key, "a square");
        }
        return size.requiredInteger("height");
    }

    private static Preprocessing preprocessing(
            JsonObject object, int size, String meanKey, String deviationKey, ResizeMode resizeMode) {
        var fallback = Preprocessing.openAi(size);
        try {
            return new Preprocessing(
                    size,
                    object.has(meanKey) ? channels(object, meanKey) : fallback.mean(),
                    object.has(deviationKey) ? channels(object, deviationKey) : fallback.deviation(),
                    resizeMode);
        } catch (IllegalArgumentException invalid) {
            throw new CheckpointException(object.source() + ": " + invalid.getMessage(), invalid);
        }
    }

    private static List<Float> channels(JsonObject object, String key) {
        var array = object.value(key);
        if (!array.isArray() || array.size() != 3) {
            throw object.wrong(key, "three numbers");
        }
        List<Float> channels = new ArrayList<>();
        for (var value : array) {
            if (!value.isNumber()) {
                throw object.wrong(key, "three numbers");
            }
            channels.add((float) JsonObject.number(value));
        }
        return channels;
    }
}
