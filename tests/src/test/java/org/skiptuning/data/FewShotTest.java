package org.skiptuning.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.skiptuning.DataSetException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class FewShotTest {
    @Test
    void subsetsAreThoseOfThePublishedProtocol() {
        for (var line : Golden.lines("subsets.jsonl")) {
            var golden = JsonMapper.shared().readTree(line);
            var data = new DataSet(
                    "golden",
                    names(golden.get("classes").intValue()),
                    images(golden.get("train")),
                    images(golden.get("validation")),
                    List.of(),
                    "");
            var drawn = data.fewShot(
                    golden.get("shots").intValue(), golden.get("seed").longValue());
            assertThat(indices(drawn.train())).isEqualTo(numbers(golden.get("drawn")));
            assertThat(indices(drawn.validation())).isEqualTo(numbers(golden.get("drawn_validation")));
        }
    }

    private static List<String> names(int classes) {
        return IntStream.range(0, classes).mapToObj(label -> "class" + label).toList();
    }

    private static List<Integer> numbers(JsonNode list) {
        var numbers = new ArrayList<Integer>();
        list.forEach(number -> numbers.add(number.intValue()));
        return numbers;
    }

    private static List<LabelledImage> images(JsonNode labels) {
        var images = new ArrayList<LabelledImage>();
        labels.forEach(label -> images.add(new LabelledImage(Path.of("" + images.size()), label.intValue())));
        return images;
    }

    private static List<Integer> indices(List<LabelledImage> images) {
        return images.stream()
                .map(image -> Integer.parseInt(image.path().toString()))
                .toList();
    }

    @Test
    void aClassWithTooFewPicturesGivesAllAndIsNamed() {
        var data = new DataSet(
                "pets",
                List.of("cat", "dog", "cow"),
                List.of(image("a", 0), image("b", 0), image("c", 1), image("d", 0)),
                List.of(),
                List.of(image("t", 2)),
                "");
        var drawn = data.fewShot(3, 1);
        assertThat(drawn.train()).hasSize(4);
        assertThat(drawn.test()).isEqualTo(data.test());
        assertThat(drawn.warnings())
                .containsExactly(
                        "2 classes have fewer than 3 training pictures, all of which are used: dog (1), cow (0)");
        assertThat(data.fewShot(1, 1).warnings())
                .containsExactly("1 class has fewer than 1 training pictures, all of which are used: cow (0)");
    }

    @Test
    void nothingToDrawFromIsAnError() {
        var data = new DataSet("pets", List.of("cat"), List.of(), List.of(), List.of(image("t", 0)), "");
        assertThatThrownBy(() -> data.fewShot(1, 1))
                .isInstanceOf(DataSetException.class)
                .hasMessageContaining("pets has no training pictures");
        assertThatThrownBy(() -> data.fewShot(0, 1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void halvesSplitLabelsAndCountFromZero() {
        var data = new DataSet(
                "five",
                List.of("a", "b", "b", "d", "e"),
                IntStream.range(0, 10).mapToObj(i -> image("" + i, i % 5)).toList(),
                List.of(image("v", 4)),
                List.of(image("t", 2), image("u", 3)),
                "Key");
        var base = data.base();
        assertThat(base.classNames()).containsExactly("a", "b", "b");
        assertThat(base.train()).extracting(LabelledImage::label).containsExactly(0, 1, 2, 0, 1, 2);
        assertThat(base.validation()).isEmpty();
        assertThat(base.test()).containsExactly(image("t", 2));
        var unseen = data.unseen();
        assertThat(unseen.classNames()).containsExactly("d", "e");
        assertThat(unseen.train()).extracting(LabelledImage::label).containsExactly(0, 1, 0, 1);
        assertThat(unseen.validation()).containsExactly(image("v", 1));
        assertThat(unseen.test()).containsExactly(image("u", 0));
        assertThat(unseen.templateKey()).isEqualTo("Key");
    }

    @Test
    void labelsOutsideTheClassesAreRefused() {
        assertThatThrownBy(() -> new DataSet("x", List.of("a"), List.of(image("p", 1)), List.of(), List.of(), ""))
                .isInstanceOf(DataSetException.class)
                .hasMessageContaining("label 1");
        assertThatThrownBy(() -> new DataSet("x", List.of(), List.of(), List.of(), List.of(), ""))
                .isInstanceOf(DataSetException.class);
    }

    private static LabelledImage image(String name, int label) {
        return new LabelledImage(Path.of(name), label);
    }
}
