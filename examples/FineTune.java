import java.nio.file.Path;
import org.skiptuning.Clip;
import org.skiptuning.EpochMetrics;
import org.skiptuning.FineTuned;
import org.skiptuning.Prediction;
import org.skiptuning.ProgressListener;
import org.skiptuning.SkipTuning;
import org.skiptuning.StartLayer;
import org.skiptuning.TrainingListener;
import org.skiptuning.data.Datasets;
import org.skiptuning.data.TemplateSet;

/**
 * Fine-tunes a CLIP on a folder of pictures, one sub-folder a class, and classifies a picture with the result.
 *
 * <p>In a checkout, after {@code mvn package -DskipTests}:
 *
 * <pre>
 * java --enable-native-access=ALL-UNNAMED -Dskiptuning.native=java/target/native \
 *     -Dskiptuning.libtorch=java/target/native/libtorch \
 *     -cp 'java/target/lib/*' examples/FineTune.java MODEL PICTURES OUTPUT
 * </pre>
 */
public class FineTune {
    public static void main(String[] arguments) {
        var data = Datasets.folder(Path.of(arguments[1]), /* seed of the split */ 1);
        var progress = new TrainingListener() {
            @Override
            public void onEpoch(EpochMetrics epoch) {
                System.out.printf("epoch %d of %d: loss %.3f%n", epoch.epoch() + 1, epoch.epochs(), epoch.meanLoss());
            }
        };
        var tuning = SkipTuning.builder()
                .startLayer(StartLayer.share(0.75)) // train the last quarter of both towers
                .topRatio(0.5) // against the half of the classes that is easily confused
                .shots(16)
                .epochs(5)
                .build();
        try (Clip clip = Clip.load(Path.of(arguments[0]));
                FineTuned tuned = tuning.fit(clip, data, progress)) {
            var before = clip.zeroShot(data, TemplateSet.SKIP_TUNING, ProgressListener.none());
            var after = tuned.evaluate(data);
            System.out.printf("accuracy %.1f %% before, %.1f %% after%n", before.accuracy(), after.accuracy());
            var picture = data.test().getFirst().path();
            for (Prediction best : tuned.classify(picture, data.classNames()).subList(0, 2)) {
                System.out.printf("%s: %.3f%n", best.label(), best.probability());
            }
            tuned.save(Path.of(arguments[2]));
        }
    }
}
