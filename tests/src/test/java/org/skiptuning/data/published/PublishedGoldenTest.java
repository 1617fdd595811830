package org.skiptuning.data.published;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.skiptuning.data.Datasets;
import org.skiptuning.data.LabelledImage;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What CPython draws: few-shot subsets of a split file, item for item, and splits where there is none. */
class PublishedGoldenTest {
    @TempDir
    Path root;

    static List<JsonNode> subsets() {
        return GoldenFile.rows("subsets.jsonl");
    }

    static List<JsonNode> drawnSplits() {
        return GoldenFile.rows("drawn_splits.jsonl");
    }

    /** From the split file alone, training part first, validation from the same stream, and only then the halves. */
    @ParameterizedTest
    @MethodSource("subsets")
    void subsetsAreDasslsItemForItem(JsonNode golden) throws IOException {
        var home = Files.createDirectories(root.resolve("food-101"));
        var pictures = home.resolve("images");
        var split = Files.copy(GoldenFile.path("split.json"), home.resolve("split_zhou_Food101.json"));
        for (var part : JsonMapper.shared().readTree(Files.readAllBytes(split))) {
            part.forEach(
                    item -> TinyDataSet.picture(pictures.resolve(item.get(0).stringValue())));
        }
        var data = Datasets.open(root, "food101")
                .fewShot(golden.get("shots").intValue(), golden.get("seed").longValue());
        assertThat(paths(data.train(), pictures)).isEqualTo(texts(golden.get("train")));
        assertThat(paths(data.validation(), pictures)).isEqualTo(texts(golden.get("val")));
        assertThat(data.base().train()).isEqualTo(images(golden.get("base_train"), pictures));
        assertThat(data.unseen().train()).isEqualTo(images(golden.get("new_train"), pictures));
        assertThat(data.unseen().test()).isEqualTo(images(golden.get("new_test"), pictures));
    }

    @Test
    void subsetsCoverTheProtocol() {
        assertThat(subsets())
                .extracting(golden -> golden.get("seed") + "/" + golden.get("shots"))
                .containsExactly(
                        "1/1", "1/2", "1/4", "1/8", "1/16", "2/1", "2/2", "2/4", "2/8", "2/16", "3/1", "3/2", "3/4",
                        "3/8", "3/16");
    }

    @ParameterizedTest
    @MethodSource("drawnSplits")
    void splitsAreCoOpsForASeed(JsonNode golden) throws IOException {
        var ownTest = golden.get("parts").intValue() == 2;
        var name = ownTest ? "sun397" : "dtd";
        var pictures = root.resolve(ownTest ? "sun397/SUN397/c" : "dtd/images");
        golden.get("items")
                .forEach(
                        item -> TinyDataSet.picture(pictures.resolve(item.get(0).stringValue())));
        if (ownTest) {
            var home = root.resolve("sun397");
            TinyDataSet.text(
                    home.resolve("ClassName.txt"),
                    "/c/class0",
                    "/c/class1",
                    "/c/class2",
                    "/c/class3",
                    "/c/class4",
                    "/c/class5");
            TinyDataSet.text(
                    home.resolve("Training_01.txt"),
                    texts(golden.get("items")).stream()
                            .map(path -> "/c/" + path)
                            .toArray(String[]::new));
            TinyDataSet.text(home.resolve("Testing_01.txt"), "/c/class0/test.jpg");
            TinyDataSet.picture(pictures.resolve("class0/test.jpg"));
        }
        PublishedDataSets.find(name)
                .orElseThrow()
                .drawSplit(root, golden.get("seed").longValue());
        var data = Datasets.open(root, name);
        assertThat(data.train()).isEqualTo(images(golden.get("train"), pictures));
        assertThat(data.validation()).isEqualTo(images(golden.get("val"), pictures));
        if (!ownTest) {
            assertThat(data.test()).isEqualTo(images(golden.get("test"), pictures));
        }
    }

    private static List<String> paths(List<LabelledImage> images, Path folder) {
        return images.stream()
                .map(image -> folder.relativize(image.path()).toString())
                .toList();
    }

    /** Of a list of paths, or of items that begin with one. */
    private static List<String> texts(JsonNode list) {
        return list.valueStream()
                .map(item -> (item.isArray() ? item.get(0) : item).stringValue())
                .toList();
    }

    private static List<LabelledImage> images(JsonNode items, Path folder) {
        return items.valueStream()
                .map(item -> new LabelledImage(
                        folder.resolve(item.get(0).stringValue()), item.get(1).intValue()))
                .toList();
    }
}
