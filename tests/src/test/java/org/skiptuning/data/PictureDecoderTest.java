package org.skiptuning.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.skiptuning.DataSetException;

class PictureDecoderTest {
    @TestFactory
    List<DynamicTest> picturesAreThoseOfPillow() throws IOException {
        return GoldenPictures.all().stream()
                .map(expected -> DynamicTest.dynamicTest(expected.toString(), () -> check(expected)))
                .toList();
    }

    private static void check(GoldenPictures.Expected expected) {
        var options = DecodeOptions.DEFAULT.withOrientation(expected.applyOrientation());
        if (expected.rgb().isEmpty()) {
            assertThatThrownBy(() -> PictureDecoder.decode(expected.file(), options))
                    .isInstanceOf(DataSetException.class)
                    .hasMessageContaining(expected.name());
            return;
        }
        try (var picture = PictureDecoder.decode(expected.file(), options)) {
            assertThat(picture.width() + "x" + picture.height()).isEqualTo(expected.width() + "x" + expected.height());
            var difference =
                    Difference.of(GoldenPictures.bytes(picture), expected.rgb().get());
            assertThat(difference).isEqualTo(new Difference(0, 0));
        }
    }

    /** Between bytes of two pictures, in grey levels. */
    record Difference(int greatest, double mean) {
        static Difference of(byte[] first, byte[] second) {
            var greatest = 0;
            var sum = 0L;
            for (var i = 0; i < second.length; i++) {
                var difference = Math.abs(Byte.toUnsignedInt(first[i]) - Byte.toUnsignedInt(second[i]));
                greatest = Math.max(greatest, difference);
                sum += difference;
            }
            return new Difference(greatest, (double) sum / second.length);
        }
    }

    @Test
    void everyGoldenIsThere() throws IOException {
        assertThat(GoldenPictures.all()).hasSizeGreaterThan(80);
    }
}
