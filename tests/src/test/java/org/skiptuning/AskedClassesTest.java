package org.skiptuning;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class AskedClassesTest {
    private static final List<String> TRAINED = List.of("red_brick", "sunglasses", "sky", "sunglasses");

    @Test
    void unknownOnesComeBehindTheTrained() {
        var asked = AskedClasses.of(List.of("grass", "sky", "red brick"), TRAINED);
        assertThat(asked.all()).containsExactly("red_brick", "sunglasses", "sky", "sunglasses", "grass");
        assertThat(asked.unknown()).containsExactly("grass");
        assertThat(asked.hasTrained()).isTrue();
        assertThat(asked.pick(new float[] {0, 1, 2, 3, 4})).containsExactly(4, 2, 0);
        assertThat(AskedClasses.of(List.of("grass"), TRAINED).hasTrained()).isFalse();
    }

    /** As ImageNet has them: a whole list of classes is itself again. */
    @Test
    void equalNamesAreToldApartByTheirOrder() {
        assertThat(AskedClasses.of(TRAINED, TRAINED).places()).containsExactly(0, 1, 2, 3);
        assertThat(AskedClasses.of(List.of("sunglasses", "sky"), TRAINED).places())
                .containsExactly(1, 2);
        assertThat(AskedClasses.of(List.of("sky", "sky"), TRAINED).places()).containsExactly(2, 2);
    }
}
