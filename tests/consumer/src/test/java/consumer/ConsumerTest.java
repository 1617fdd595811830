package consumer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.skiptuning.Clip;

class ConsumerTest {
    @Test
    void encodesTextsWithNothingButThePublishedArtifacts() {
        try (var clip = Clip.load(Path.of(System.getProperty("checkpoint")))) {
            var features = clip.encodeTexts(List.of("a photo of a cat", "a photo of a dog"));
            assertEquals(2, features.rows());
            var row = features.row(0);
            double squares = 0;
            for (var value : row) {
                squares += value * value;
            }
            assertEquals(1, squares, 1e-5);
        }
    }
}
