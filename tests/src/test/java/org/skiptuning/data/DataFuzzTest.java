package org.skiptuning.data;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import org.skiptuning.data.webp.Vp8Decoder;
import org.skiptuning.data.webp.Vp8Exception;

/**
 * What reads bytes of strangers here, against any bytes. {@code JAZZER_FUZZ=1} and one method's name as the test to run
 * searches for two minutes; without it, the inputs kept beside the tests are run.
 */
class DataFuzzTest {
    private static final int PIXELS = 1 << 16;

    @FuzzTest(maxDuration = "2m")
    void csv(byte[] bytes) {
        var text = new String(bytes, StandardCharsets.UTF_8);
        try {
            var line = 0;
            for (var row : CsvReader.read(text)) {
                assertThat(row.line()).isGreaterThan(line);
                assertThat(row.cells()).isNotEmpty();
                line = row.line();
            }
        } catch (CsvReader.SyntaxException broken) {
            assertThat(broken.line()).isPositive();
            assertThat(broken).message().isNotBlank();
        }
    }

    @FuzzTest(maxDuration = "2m")
    void webp(byte[] bytes) {
        if (PictureFormat.of(bytes)
                .filter(format -> format == PictureFormat.WEBP)
                .isEmpty()) {
            return;
        }
        try {
            var frame = WebPFile.read(bytes);
            assertThat(WebPFile.orientation(bytes)).isBetween(1, 8);
            if (!frame.lossless() && frame.width() * frame.height() < PIXELS) {
                var picture = Vp8Decoder.decode(bytes, frame.from(), frame.length());
                picture.readRow(picture.height() - 1, new byte[3 * picture.width()]);
            }
        } catch (UnsupportedPictureException | Vp8Exception refused) {
            assertThat(refused).message().isNotBlank();
        }
    }

    @FuzzTest(maxDuration = "2m")
    void headers(byte[] bytes) {
        assertThat(JpegHeader.read(bytes).orientation()).isBetween(1, 8);
        assertThat(Exif.orientation(bytes, 0, bytes.length)).isBetween(1, 8);
        assertThat(PngFile.orientation(bytes)).isBetween(1, 8);
        try {
            assertThat(GifFile.screen(bytes).left()).isNotNegative();
        } catch (UnsupportedPictureException refused) {
            assertThat(refused).message().isNotBlank();
        }
    }
}
