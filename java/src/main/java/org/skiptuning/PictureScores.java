package org.skiptuning;

import java.nio.file.Path;
import java.util.List;
import org.skiptuning.data.BadPicture;
import org.skiptuning.data.DataSet;

/** What a model makes of pictures against a data set's classes. */
interface PictureScores {
    /**
     * Probabilities of the readable pictures, in their order.
     *
     * @param probabilities [pictures][classes]
     * @param unreadable empty unless they are to be left out
     */
    record Scored(double[][] probabilities, List<BadPicture> unreadable) {}

    /**
     * @param classes names the classes
     * @param skipBad leaves out unreadable pictures; else the first one is a {@link DataSetException}
     */
    Scored score(DataSet classes, List<Path> pictures, boolean skipBad, Phase phase, ProgressListener progress);

    /** Probabilities of logits. */
    static double[] softmax(float[] logits) {
        var largest = Double.NEGATIVE_INFINITY;
        for (var logit : logits) {
            largest = Math.max(largest, logit);
        }
        var result = new double[logits.length];
        var sum = 0.0;
        for (var i = 0; i < logits.length; i++) {
            result[i] = Math.exp(logits[i] - largest);
            sum += result[i];
        }
        for (var i = 0; i < logits.length; i++) {
            result[i] /= sum;
        }
        return result;
    }
}
