package org.skiptuning;

import java.nio.file.Path;
import java.util.List;
import org.skiptuning.data.DataSet;
import org.skiptuning.data.TemplateSet;
import org.skiptuning.ffi.NativeBuffer;

/** Of an ordinary model: the softmax over its scaled similarities with the classes' prompts. */
record NearestPrompt(Model model, TemplateSet templates) implements PictureScores {
    @Override
    public Scored score(DataSet classes, List<Path> pictures, boolean skipBad, Phase phase, ProgressListener progress) {
        var texts = new TextEncoder(model).encode(templates.prompts(classes), progress);
        var images = new ImageEncoder(model).encode(pictures, skipBad, phase, progress);
        return new Scored(probabilities(images.features(), texts), images.unreadable());
    }

    private double[][] probabilities(Features images, Features texts) {
        var result = new double[images.rows()][];
        try (var textBuffer = buffer(texts.toArray());
                var imageBuffer = NativeBuffer.allocate((long) images.width() * Float.BYTES * Pictures.CHUNK);
                var logits = NativeBuffer.allocate((long) texts.rows() * Float.BYTES * Pictures.CHUNK)) {
            var all = images.toArray();
            var row = new float[texts.rows()];
            for (var first = 0; first < images.rows(); first += Pictures.CHUNK) {
                var count = Math.min(Pictures.CHUNK, images.rows() - first);
                imageBuffer.putFloats(0, all, first * images.width(), count * images.width());
                model.weights().logits(imageBuffer, count, textBuffer, texts.rows(), logits);
                for (var i = 0; i < count; i++) {
                    logits.getFloats((long) i * row.length * Float.BYTES, row, 0, row.length);
                    result[first + i] = PictureScores.softmax(row);
                }
            }
        }
        return result;
    }

    private static NativeBuffer buffer(float[] values) {
        var buffer = NativeBuffer.allocate((long) values.length * Float.BYTES);
        buffer.putFloats(0, values, 0, values.length);
        return buffer;
    }
}
