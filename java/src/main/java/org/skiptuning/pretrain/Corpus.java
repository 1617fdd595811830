package org.skiptuning.pretrain;

import java.nio.file.Path;
import java.util.List;
import org.skiptuning.data.bundled.BundledData;
import org.skiptuning.data.bundled.BundledPicture;

/**
 * What is trained on.
 *
 * @param pixelFile   the drawn pictures, {@code pictureSize}² × 3 bytes a row
 * @param pictures    those that may be trained on
 * @param texts       every name that the vocabulary must be able to spell
 */
record Corpus(Path pixelFile, int pictureSize, List<BundledPicture> pictures, List<String> texts) {
    static Corpus of(BundledData data) {
        return new Corpus(data.pixelFile(), data.pictureSize(), data.trainingPictures(), data.allTexts());
    }
}
