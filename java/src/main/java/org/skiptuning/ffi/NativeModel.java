package org.skiptuning.ffi;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import org.skiptuning.CheckpointException;
import org.skiptuning.Precision;

/**
 * Both towers of a CLIP on a device.
 *
 * <p>It keeps its context and the buffers of its weights alive. Calls from several threads run one after the other.
 */
public final class NativeModel implements AutoCloseable {
    private final Handle handle;
    private final Shape shape;

    /**
     * The sizes that buffers are made of.
     *
     * @param embedDim E, the length of a feature
     * @param imageSize S, the side of a prepared picture
     * @param contextLength the most tokens in a text
     * @param vocabulary token ids are below it
     */
    public record Shape(long embedDim, long imageSize, long contextLength, long vocabulary) {}

    private NativeModel(Handle handle) {
        this.handle = handle;
        this.shape = readShape(handle);
    }

    /**
     * @param configurationJson see {@code st_model_create} in {@code skiptuning.h}
     * @param tensors by OpenAI's names, of any float type; fp32 is used in place on the CPU, and never written to
     * @throws CheckpointException if a tensor is missing, has another shape or holds a value that isn't finite
     */
    public static NativeModel create(NativeContext context, String configurationJson, List<TensorView> tensors) {
        var needs = new ArrayList<>(Tensors.lifetimes(tensors));
        var parent = context.handle();
        needs.add(parent.lifetime());
        try (var arena = Arena.ofConfined()) {
            var configuration = arena.allocateFrom(configurationJson);
            var array = Tensors.describe(tensors, arena);
            long count = tensors.size();
            return new NativeModel(Handle.create("The model", Abi.MODEL_RELEASE, needs, target ->
                    (int) Abi.MODEL_CREATE.invokeExact(parent.pointer(), configuration, array, count, target)));
        }
    }

    /** A second model that shares every tensor with this one until a trainer replaces some. */
    public NativeModel fork() {
        return new NativeModel(Handle.create("The model", Abi.MODEL_RELEASE, List.of(handle.lifetime()), target ->
                (int) Abi.MODEL_FORK.invokeExact(handle.pointer(), target)));
    }

    public Shape shape() {
        return shape;
    }

    /**
     * All parameters in the order of their names. On the CPU they are views that die with the model and change with
     * training; a trainer that is made later moves its tensors elsewhere, and older views keep the old values.
     */
    public List<TensorView> tensors() {
        return Tensors.list(
                handle,
                (model, target) -> (int) Abi.MODEL_TENSOR_COUNT.invokeExact(model, target),
                (model, index, target) -> (int) Abi.MODEL_TENSOR_AT.invokeExact(model, index, target),
                (model, index, name, type, data, bytes) ->
                        (int) Abi.MODEL_READ_TENSOR.invokeExact(model, name, type, data, bytes));
    }

    /** Copies a parameter, dense and converted; {@code target} has exactly its size. */
    public void readTensor(String name, ElementType type, NativeBuffer target) {
        try (var arena = Arena.ofConfined();
                var buffers = Buffers.hold(target)) {
            var text = arena.allocateFrom(name);
            var data = buffers.segment(0);
            handle.call(
                    model -> (int) Abi.MODEL_READ_TENSOR.invokeExact(model, text, type.code(), data, data.byteSize()));
        }
    }

    /**
     * @param pixels [count, 3, S, S] fp32, prepared
     * @param features [count, E] fp32, receives features of length 1
     * @throws NotUnitException if a row has no direction
     */
    public void encodeImages(Precision precision, NativeBuffer pixels, long count, NativeBuffer features) {
        requirePixels(pixels, count);
        requireFeatures("features", features, count);
        try (var buffers = Buffers.hold(pixels, features)) {
            var from = buffers.segment(0);
            var to = buffers.segment(1);
            handle.call(model ->
                    (int) Abi.MODEL_ENCODE_IMAGES.invokeExact(model, PrecisionCode.of(precision), from, count, to));
        }
        requireUnit(features, count);
    }

    /**
     * @param tokens [count, length] int64 ids
     * @param features [count, E] fp32, receives features of length 1
     * @throws NotUnitException if a row has no direction
     */
    public void encodeTexts(Precision precision, NativeBuffer tokens, long count, long length, NativeBuffer features) {
        requireTokens(tokens, count, length);
        requireFeatures("features", features, count);
        try (var buffers = Buffers.hold(tokens, features)) {
            var from = buffers.segment(0);
            var to = buffers.segment(1);
            handle.call(model -> (int)
                    Abi.MODEL_ENCODE_TEXTS.invokeExact(model, PrecisionCode.of(precision), from, count, length, to));
        }
        requireUnit(features, count);
    }

    /**
     * Scaled similarities of features of length 1.
     *
     * @param imageFeatures [images, E] fp32
     * @param textFeatures [texts, E] fp32
     * @param logits [images, texts] fp32, receives exp(logit_scale) · image features · text featuresᵀ
     */
    public void logits(
            NativeBuffer imageFeatures, long images, NativeBuffer textFeatures, long texts, NativeBuffer logits) {
        requireFeatures("image features", imageFeatures, images);
        requireFeatures("text features", textFeatures, texts);
        Buffers.require("logits", logits, Float.BYTES, images, texts);
        try (var buffers = Buffers.hold(imageFeatures, textFeatures, logits)) {
            var left = buffers.segment(0);
            var right = buffers.segment(1);
            var to = buffers.segment(2);
            handle.call(model -> (int) Abi.MODEL_LOGITS.invokeExact(model, left, images, right, texts, to));
        }
    }

    /**
     * How far each block's output is from the same block's of another model, for the same pictures.
     *
     * @param after of the same shape on the same device
     * @param distances [blocks of the image tower, count] fp32, receives Euclidean distances over all tokens
     * @param lengths likewise, receives the lengths of this model's outputs
     */
    public void compareImages(
            NativeModel after,
            Precision precision,
            NativeBuffer pixels,
            long count,
            long blocks,
            NativeBuffer distances,
            NativeBuffer lengths) {
        requirePixels(pixels, count);
        Buffers.require("distances", distances, Float.BYTES, blocks, count);
        Buffers.require("lengths", lengths, Float.BYTES, blocks, count);
        try (var buffers = Buffers.hold(pixels, distances, lengths)) {
            var from = buffers.segment(0);
            var apart = buffers.segment(1);
            var norms = buffers.segment(2);
            handle.call(first -> {
                after.handle.call(second -> (int) Abi.MODEL_COMPARE_IMAGES.invokeExact(
                        first, second, PrecisionCode.of(precision), from, count, apart, norms));
                return 0;
            });
        }
    }

    /** The same for texts: tokens [count, length] int64, the blocks of the text tower, each text up to its end. */
    public void compareTexts(
            NativeModel after,
            Precision precision,
            NativeBuffer tokens,
            long count,
            long length,
            long blocks,
            NativeBuffer distances,
            NativeBuffer lengths) {
        requireTokens(tokens, count, length);
        Buffers.require("distances", distances, Float.BYTES, blocks, count);
        Buffers.require("lengths", lengths, Float.BYTES, blocks, count);
        try (var buffers = Buffers.hold(tokens, distances, lengths)) {
            var from = buffers.segment(0);
            var apart = buffers.segment(1);
            var norms = buffers.segment(2);
            handle.call(first -> {
                after.handle.call(second -> (int) Abi.MODEL_COMPARE_TEXTS.invokeExact(
                        first, second, PrecisionCode.of(precision), from, count, length, apart, norms));
                return 0;
            });
        }
    }

    @Override
    public void close() {
        handle.close();
    }

    Handle handle() {
        return handle;
    }

    void requirePixels(NativeBuffer pixels, long count) {
        Buffers.require("pixels", pixels, Float.BYTES, count, 3, shape.imageSize(), shape.imageSize());
    }

    void requireTokens(NativeBuffer tokens, long count, long length) {
        if (length < 1 || length > shape.contextLength()) {
            throw new IllegalArgumentException(
                    "A text of " + length + " tokens; this model takes 1 to " + shape.contextLength());
        }
        Buffers.require("tokens", tokens, Long.BYTES, count, length);
    }

    /** What damaged weights come to would else go on as probabilities that are no numbers. */
    private void requireUnit(NativeBuffer features, long count) {
        var row = new float[Math.toIntExact(shape.embedDim())];
        for (int index = 0; index < count; index++) {
            features.getFloats((long) index * row.length * Float.BYTES, row, 0, row.length);
            var squares = 0.0;
            for (var value : row) {
                squares += (double) value * value;
            }
            if (!(squares > 0.5 && squares < 2)) {
                throw new NotUnitException(index);
            }
        }
    }

    private void requireFeatures(String what, NativeBuffer features, long count) {
        Buffers.require(what, features, Float.BYTES, count, shape.embedDim());
    }

    private static Shape readShape(Handle handle) {
        try (var arena = Arena.ofConfined()) {
            var struct = Struct.allocate(Layouts.MODEL_SHAPE, arena);
            var segment = struct.segment();
            handle.call(model -> (int) Abi.MODEL_GET_SHAPE.invokeExact(model, segment));
            return new Shape(
                    struct.getLong("embed_dim"),
                    struct.getLong("image_size"),
                    struct.getLong("context_length"),
                    struct.getLong("vocabulary"));
        }
    }
}
