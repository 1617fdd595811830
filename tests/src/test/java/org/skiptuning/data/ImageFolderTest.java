package org.skiptuning.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.skiptuning.DataSetException;
import org.skiptuning.files.CodePointOrder;

class ImageFolderTest {
    @TempDir
    private Path root;

    private void files(String... names) throws IOException {
        for (var name : names) {
            var file = root.resolve(name);
            Files.createDirectories(file.getParent());
            Files.createFile(file);
        }
    }

    private List<String> names(List<LabelledImage> images) {
        return images.stream()
                .map(image -> root.relativize(image.path()) + "=" + image.label())
                .toList();
    }

    @Test
    void partsAreReadInTheOrderOfNames() throws IOException {
        files("test/b/1.jpg", "train/b/2.JPG", "train/b/10.png", "train/a c/ü.webp", "test/a c/x.gif", "val/b/v.tif");
        var data = Datasets.folder(root, 1);
        assertThat(data.classNames()).containsExactly("a c", "b");
        assertThat(names(data.train())).containsExactly("train/a c/ü.webp=0", "train/b/10.png=1", "train/b/2.JPG=1");
        assertThat(names(data.test())).containsExactly("test/a c/x.gif=0", "test/b/1.jpg=1");
        assertThat(names(data.validation())).containsExactly("val/b/v.tif=1");
        assertThat(data.warnings()).containsExactly("The class a c has no pictures in " + root.resolve("val"));
        assertThat(data.name()).isEqualTo(root.getFileName().toString());
    }

    @Test
    void orderIsByCodePoint() throws IOException {
        files("\uFF21/1.jpg", "\uD83D\uDC31/1.jpg", "Z/1.jpg", "a/1.jpg", "Zz/1.jpg");
        assertThat(Datasets.folder(root, 1).classNames()).containsExactly("Z", "Zz", "a", "\uFF21", "\uD83D\uDC31");
        assertThat(List.of("\uD83D\uDC31", "\uD83D\uDC30", "").stream().sorted(CodePointOrder.INSTANCE))
                .containsExactly("", "\uD83D\uDC30", "\uD83D\uDC31");
    }

    @Test
    void aFolderWithoutPartsIsSplitBySeed() throws IOException {
        files(IntStream.range(0, 10).mapToObj(i -> "cat/" + i + ".jpg").toArray(String[]::new));
        files("dog/1.jpg", "dog/2.jpg", "dog/inner/3.jpg", "cow/1.jpg");
        var data = Datasets.folder(root, 1);
        assertThat(data.classNames()).containsExactly("cat", "cow", "dog");
        assertThat(data.train()).hasSize(7 + 1 + 2);
        assertThat(data.test()).hasSize(3 + 0 + 1);
        assertThat(names(data.train())).doesNotContainAnyElementsOf(names(data.test()));
        assertThat(data.warnings()).hasSize(1).first().asString().contains("cow has one picture");
        assertThat(Datasets.folder(root, 1)).isEqualTo(data);
        assertThat(IntStream.range(2, 12).mapToObj(seed -> Datasets.folder(root, seed)))
                .anySatisfy(other -> assertThat(other.test()).isNotEqualTo(data.test()));
    }

    @Test
    void aClassMayBeCalledTest() throws IOException {
        files("test/1.jpg", "train/1.jpg", "plane/1.jpg");
        assertThat(Datasets.folder(root, 1).classNames()).containsExactly("plane", "test", "train");
    }

    @Test
    void aTestPartAloneIsEnoughToMeasureOn() throws IOException {
        files("test/cat/1.jpg", "test/dog/1.jpg");
        var data = Datasets.folder(root, 1);
        assertThat(data.classNames()).containsExactly("cat", "dog");
        assertThat(data.train()).isEmpty();
        assertThat(data.test()).hasSize(2);
    }

    @Test
    void otherFilesAreLeftOutWithAWarning() throws IOException {
        files(
                "cat/1.jpg",
                "cat/2.jpg",
                "cat/notes.txt",
                "cat/.hidden.jpg",
                "cat/.copies/inner/1.jpg",
                ".git/x/1.jpg",
                "readme.md");
        var data = Datasets.folder(root, 1);
        assertThat(data.classNames()).containsExactly("cat");
        assertThat(data.train().size() + data.test().size()).isEqualTo(2);
        assertThat(data.warnings()).hasSize(1).first().asString().contains("1 files", "notes.txt");
    }

    @Test
    void namesThatAreNoTextAreRefused() throws IOException {
        files("cat/1.jpg", "dog/1.jpg");
        var inner = Files.createDirectory(Path.of(URI.create(root.resolve("dog").toUri() + "%FF")));
        Files.createFile(inner.resolve("2.jpg"));
        assertThatThrownBy(() -> Datasets.folder(root, 1))
                .isInstanceOf(DataSetException.class)
                .hasMessage("The folder " + root.resolve("dog") + " holds '\\xff', which is not UTF-8 text: rename it");
        Files.createDirectories(Path.of(URI.create(root.toUri() + "c%E4t")));
        assertThatThrownBy(() -> Datasets.folder(root, 1))
                .isInstanceOf(DataSetException.class)
                .hasMessageContaining("The folder " + root + " holds 'c\\xe4t'");
    }

    @Test
    void anEmptyClassIsAnError() throws IOException {
        files("train/cat/1.jpg", "test/cat/1.jpg", "test/dog/1.jpg");
        assertThatThrownBy(() -> Datasets.folder(root, 1))
                .isInstanceOf(DataSetException.class)
                .hasMessageContaining("The class dog has no pictures")
                .hasMessageContaining(root.resolve("train/dog").toString());
    }

    @Test
    void missingAndEmptyFoldersAreErrors() throws IOException {
        assertThatThrownBy(() -> Datasets.folder(root.resolve("none"), 1))
                .isInstanceOf(DataSetException.class)
                .hasMessageContaining("does not exist");
        assertThatThrownBy(() -> Datasets.folder(root, 1))
                .isInstanceOf(DataSetException.class)
                .hasMessageContaining("holds no class folders");
        Files.createDirectory(root.resolve("cat"));
        assertThatThrownBy(() -> Datasets.folder(root, 1))
                .isInstanceOf(DataSetException.class)
                .hasMessageContaining("The class cat has no pictures");
        var file = Files.createFile(root.resolve("file"));
        assertThatThrownBy(() -> Datasets.folder(file, 1))
                .isInstanceOf(DataSetException.class)
                .hasMessageContaining("is not a folder");
    }

    @Test
    void splitFilesOfCoOpAreRead() throws IOException {
        files("oxford_pets/images/a.jpg", "oxford_pets/images/b.jpg");
        Files.writeString(root.resolve("oxford_pets/split_zhou_OxfordPets.json"), """
                {"train": [["a.jpg", 1, "beagle"]], "val": [["b.jpg", 0, "pug"]], "test": [["b.jpg", 1, "beagle"]]}
                """);
        var data = Datasets.open(root, "oxford_pets");
        assertThat(data.classNames()).containsExactly("pug", "beagle");
        assertThat(names(data.train())).containsExactly("oxford_pets/images/a.jpg=1");
        assertThat(names(data.validation())).containsExactly("oxford_pets/images/b.jpg=0");
        assertThat(data.templateKey()).isEqualTo("OxfordPets");
    }

    @Test
    void brokenSplitFilesAreNamed() throws IOException {
        files("dtd/images/a.jpg");
        var split = root.resolve("dtd/split_zhou_DescribableTextures.json");
        assertThatThrownBy(() -> Datasets.open(root, "dtd"))
                .isInstanceOf(DataSetException.class)
                .hasMessageContaining(split.toString());
        for (var broken : List.of(
                "{",
                "[]",
                "{\"train\": [[\"a.jpg\", 0]], \"val\": [], \"test\": []}",
                "{\"train\": [[\"a.jpg\", -1, \"x\"]], \"val\": [], \"test\": []}",
                "{\"train\": [[\"a.jpg\", 1, \"x\"]], \"val\": [], \"test\": []}",
                "{\"train\": [[\"missing.jpg\", 0, \"x\"]], \"val\": [], \"test\": []}",
                "{\"train\": [], \"val\": [], \"test\": []}")) {
            Files.writeString(split, broken);
            assertThatThrownBy(() -> Datasets.open(root, "dtd"))
                    .as(broken)
                    .isInstanceOf(DataSetException.class)
                    .hasMessageContaining(split.toString());
        }
    }

    @Test
    void anUnknownNameListsTheKnown() {
        assertThatThrownBy(() -> Datasets.open(root, "pets"))
                .isInstanceOf(DataSetException.class)
                .hasMessageContaining("No data set is known as pets")
                .hasMessageContaining("oxford_pets");
    }
}
