package org.skiptuning.data;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PictureTransformTest {
    @Test
    void sizesAndWindowsAreThoseOfTorchvision() {
        for (var row : Golden.rows("sizes.csv")) {
            var placement = PictureTransform.shortestSide((int) row[2]).place((int) row[0], (int) row[1], 0);
            assertThat(placement)
                    .as("%dx%d to %d", row[0], row[1], row[2])
                    .isEqualTo(new Placement(
                            0,
                            0,
                            (int) row[0],
                            (int) row[1],
                            (int) row[3],
                            (int) row[4],
                            (int) row[5],
                            (int) row[6],
                            false));
        }
    }

    @Test
    void cropsAreThoseOfTorchvisionFromTheSameDraws() {
        for (var row : Golden.rows("crops.csv")) {
            var transform = PictureTransform.cropAndFlip(224, row[2], (int) row[3]);
            var placement = transform.place((int) row[0], (int) row[1], (int) row[4]);
            assertThat(placement)
                    .as("%dx%d, case %d", row[0], row[1], row[4])
                    .isEqualTo(new Placement(
                            (int) row[5], (int) row[6], (int) row[7], (int) row[8], 224, 224, 0, 0, row[9] == 1));
        }
    }

    @Test
    void squashTakesAllOfThePicture() {
        assertThat(PictureTransform.squash(64).place(300, 20, 5))
                .isEqualTo(new Placement(0, 0, 300, 20, 64, 64, 0, 0, false));
    }

    @Test
    void aCropDependsOnSeedEpochAndIndexAlone() {
        var placement = PictureTransform.cropAndFlip(224, 3, 4).place(640, 480, 7);
        assertThat(PictureTransform.cropAndFlip(224, 3, 4).place(640, 480, 7)).isEqualTo(placement);
        assertThat(PictureTransform.cropAndFlip(224, 3, 5).place(640, 480, 7)).isNotEqualTo(placement);
        assertThat(PictureTransform.cropAndFlip(224, 2, 4).place(640, 480, 7)).isNotEqualTo(placement);
        assertThat(PictureTransform.cropAndFlip(224, 3, 4).place(640, 480, 8)).isNotEqualTo(placement);
    }
}
