package org.skiptuning;

import java.nio.file.Path;
import java.util.List;
import org.skiptuning.data.DataSet;
import org.skiptuning.data.TemplateSet;

/** Weights on a device together with what turns texts and pictures into their input; original or fine-tuned. */
final class Model implements AutoCloseable {
    private Model() {}

    static Model load(Path path, LoadOptions options) {
        throw new UnsupportedOperationException("the native core is not bound yet");
    }

    ModelInfo info() {
        throw new UnsupportedOperationException("the native core is not bound yet");
    }

    LoadOptions options() {
        throw new UnsupportedOperationException("the native core is not bound yet");
    }

    Features encodeImages(List<Path> images, ProgressListener progress) {
        throw new UnsupportedOperationException("the native core is not bound yet");
    }

    Features encodeTexts(List<String> texts, ProgressListener progress) {
        throw new UnsupportedOperationException("the native core is not bound yet");
    }

    Evaluation evaluate(DataSet data, TemplateSet templates, ProgressListener progress) {
        throw new UnsupportedOperationException("the native core is not bound yet");
    }

    List<List<Prediction>> classify(List<Path> images, List<String> labels, TemplateSet template) {
        throw new UnsupportedOperationException("the native core is not bound yet");
    }

    void save(Path directory) {
        throw new UnsupportedOperationException("the native core is not bound yet");
    }

    void saveWeights(Path file) {
        throw new UnsupportedOperationException("the native core is not bound yet");
    }

    @Override
    public void close() {}
}
