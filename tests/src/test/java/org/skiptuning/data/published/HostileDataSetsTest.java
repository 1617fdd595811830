package org.skiptuning.data.published;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.skiptuning.DataSetException;
import org.skiptuning.data.Datasets;
import org.skiptuning.files.Folders;
import us.hebi.matlab.mat.format.Mat5;

/** What is missing, broken or contradicts itself is refused in one sentence that names it. */
class HostileDataSetsTest {
    private static final String DTD_SPLIT = "dtd/split_zhou_DescribableTextures.json";

    @TempDir
    Path root;

    static Stream<TinyDataSet> all() {
        return TinyDataSets.all().stream();
    }

    private void refused(String name, String... parts) {
        assertThatThrownBy(() -> Datasets.open(root, name))
                .isInstanceOf(DataSetException.class)
                .message()
                .hasLineCount(1)
                .contains(parts);
    }

    private void notDrawn(String name, String... parts) {
        var dataSet = PublishedDataSets.find(name).orElseThrow();
        assertThatThrownBy(() -> dataSet.drawSplit(root, 1))
                .isInstanceOf(DataSetException.class)
                .message()
                .hasLineCount(1)
                .contains(parts);
        assertThat(dataSet.lacksSplit(root)).isTrue();
    }

    @ParameterizedTest
    @MethodSource("all")
    void anAbsentOneIsNamedWithItsFolder(TinyDataSet tiny) {
        refused(tiny.name(), root.resolve(tiny.home()) + " is missing", "verify-data", "--dataset " + tiny.name());
    }

    @ParameterizedTest
    @MethodSource("all")
    void aHalfPresentOneNamesWhatIsMissingFirst(TinyDataSet tiny) throws IOException {
        Files.createDirectories(root.resolve(tiny.home()));
        var first = tiny.pictures().isEmpty() ? tiny.splitFile() : tiny.pictures();
        refused(tiny.name(), root.resolve(tiny.home()).resolve(first).toString(), "missing");
    }

    /** At most three, and how many more. */
    @ParameterizedTest
    @MethodSource("all")
    void missingPicturesAreNamed(TinyDataSet tiny) throws IOException {
        if (tiny.name().startsWith("imagenet")) {
            return; // their pictures are those that are there
        }
        tiny.write(root);
        for (var item : tiny.published().test()) {
            Files.delete(tiny.folder(root).resolve(item.path()));
        }
        var names = tiny.published().test().stream()
                .map(item -> tiny.folder(root).resolve(item.path()).toString())
                .toList();
        refused(
                tiny.name(),
                names.get(0) + ", " + names.get(1) + ", " + names.get(2) + " and " + (names.size() - 3)
                        + " more, which ",
                tiny.hasSplit() ? tiny.splitFile() : "images_variant_{train,val,test}.txt");
    }

    @Test
    void aTestFolderThatIsMissingIsNamed() throws IOException {
        TinyDataSets.of("imagenet").write(root);
        TinyDataSets.of("imagenetv2").write(root);
        Folders.delete(root.resolve("imagenet/images/val/n04008634"));
        Folders.delete(root.resolve("imagenetv2/imagenetv2-matched-frequency-format-val/3"));
        refused("imagenet", "images/val/n04008634", "is missing");
        refused("imagenetv2", "imagenetv2-matched-frequency-format-val/3", "classnames.txt");
    }

    @ParameterizedTest
    @CsvSource({
        "../../secret.jpg",
        "/etc/hostname",
        "banded/../../other/image.jpg",
        ".",
        "''",
        "banded/..",
        "a\\u0000b.jpg",
    })
    void aPictureOutsideIsRefused(String path) throws IOException {
        TinyDataSets.of("dtd").write(root);
        TinyDataSet.picture(root.resolve("secret.jpg"));
        TinyDataSet.picture(root.resolve("dtd/other/image.jpg"));
        split("{\"train\": [[\"" + path + "\", 0, \"banded\"]], \"val\": [], \"test\": []}");
        refused("dtd", DTD_SPLIT, "does not lie below");
    }

    private void split(String json) throws IOException {
        Files.writeString(root.resolve(DTD_SPLIT), json);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"train\": [|is not readable JSON",
                "|has no list \"train\"",
                "[]|has no list \"train\"",
                "{\"train\": {}, \"val\": [], \"test\": []}|has no list \"train\"",
                "{\"train\": [], \"val\": []}|has no list \"test\"",
                "{\"train\": [], \"val\": [], \"test\": []}|names no pictures",
                "{\"train\": [[\"banded/image_0001.jpg\", 0]], \"val\": [], \"test\": []}|where [path, label, class] is needed",
                "{\"train\": [[\"banded/image_0001.jpg\", \"0\", \"x\"]], \"val\": [], \"test\": []}|where [path, label, class]",
                "{\"train\": [[\"banded/image_0001.jpg\", -1, \"x\"]], \"val\": [], \"test\": []}|where [path, label, class]",
                "{\"train\": [[\"banded/image_0001.jpg\", 1e9, \"x\"]], \"val\": [], \"test\": []}|where [path, label, class]",
                "{\"train\": [[\"banded/image_0001.jpg\", 1, \"x\"]], \"val\": [], \"test\": []}|label 1 and none with label 0",
                "{\"train\": [[\"banded/image_0001.jpg\", 0, \"x\"]], \"val\": [[\"banded/image_0001.jpg\", 2, \"y\"]], \"test\": []}|label 2 and none with label 1",
                "{\"train\": [[\"banded/image_0001.jpg\", 0, \"x\"]], \"val\": [[\"banded/image_0001.jpg\", 0, \"y\"]], \"test\": []}|both \"x\" and \"y\"",
            })
    void brokenSplitsAreRefused(String json, String message) throws IOException {
        TinyDataSets.of("dtd").write(root);
        split(json == null ? "" : json);
        refused("dtd", root.resolve(DTD_SPLIT).toString(), message);
    }

    @Test
    void twoLabelsOfOneNameAreTwoClasses() throws IOException {
        TinyDataSets.of("dtd").write(root);
        split("""
                {"train": [["banded/image_0001.jpg", 0, "x"], ["blotchy/image_0001.jpg", 1, "x"]], "val": [], "test": []}
                """);
        assertThat(Datasets.open(root, "dtd").classNames()).containsExactly("x", "x");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "fgvc_aircraft|fgvc_aircraft/variants.txt|A340-600,A340-600|has \"A340-600\" twice",
                "fgvc_aircraft|fgvc_aircraft/variants.txt|A340-600|which variants.txt does not name",
                "fgvc_aircraft|fgvc_aircraft/images_variant_val.txt|2025000|two entries with a space between",
                "fgvc_aircraft|fgvc_aircraft/images_variant_val.txt|../../x 707-320|does not lie below",
                "imagenet|imagenet/classnames.txt|n01440764 tench,n01440764 tench|has \"n01440764\" twice",
                "imagenet|imagenet/classnames.txt|n01440764 tench|does not name the folder",
                "imagenet_a|imagenet-adversarial/classnames.txt|n03773504|two entries with a space between",
            })
    void brokenListsAreRefused(String name, String file, String lines, String message) {
        TinyDataSets.of(name).write(root);
        TinyDataSet.text(root.resolve(file), lines.split(","));
        refused(name, message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "oxford_pets|oxford_pets/annotations/trainval.txt|Abyssinian_100 1 1|where one like \"Abyssinian_100 1 1 1\" is needed",
                "oxford_pets|oxford_pets/annotations/trainval.txt|Abyssinian 1 1 1|where one like",
                "oxford_pets|oxford_pets/annotations/trainval.txt|Abyssinian_100 0 1 1|gives the class number 0",
                "oxford_pets|oxford_pets/annotations/trainval.txt|Abyssinian_100 x 1 1|gives the class number x",
                "oxford_pets|oxford_pets/annotations/trainval.txt|Abyssinian_100 2 1 1|calls the class with label 1 both",
                "oxford_pets|oxford_pets/annotations/trainval.txt|pug_100 5 1 1|label 4 and none with label 3",
                "sun397|sun397/ClassName.txt|/a/abbey,/a/abbey|has \"/a/abbey\" twice",
                "sun397|sun397/Training_01.txt|/a/alley/sun_a1.jpg|of a class that no list names",
                "sun397|sun397/Training_01.txt|sun.jpg|of a class that no list names",
                "ucf101|ucf101/ucfTrainTestlist/classInd.txt|1 YoYo,2 YoYo|has \"YoYo\" twice",
                "ucf101|ucf101/ucfTrainTestlist/trainlist01.txt|Yodel/v_Yodel_g01_c01.avi 1|of a class that no list names",
                "oxford_flowers|oxford_flowers/cat_to_name.json|{|is not readable JSON",
                "oxford_flowers|oxford_flowers/cat_to_name.json|{\"1\": \"a\"}|gives the class number 3",
                "oxford_flowers|oxford_flowers/imagelabels.mat|MATLAB 7.3|cannot be read",
                "stanford_cars|stanford_cars/devkit/cars_meta.mat|no|cannot be read",
            })
    void brokenAnnotationsAreRefused(String name, String file, String lines, String message) {
        TinyDataSets.of(name).writeWithoutSplit(root);
        TinyDataSet.text(root.resolve(file), lines.split(",(?! )"));
        notDrawn(name, root.resolve(TinyDataSets.of(name).home()).toString(), message);
    }

    @Test
    void matlabFilesOfSomethingElseAreRefused() throws IOException {
        TinyDataSets.of("stanford_cars").writeWithoutSplit(root);
        var annotations = root.resolve("stanford_cars/devkit/cars_train_annos.mat");
        var records = Mat5.newStruct(1, 1);
        records.set("fname", 0, Mat5.newString("00001.jpg"));
        TinyMatlab.write(annotations, "annotations", records);
        notDrawn("stanford_cars", annotations.toString(), "annotations without the field class");
        records.set("class", 0, Mat5.newScalar(1.5));
        TinyMatlab.write(annotations, "annotations", records);
        notDrawn("stanford_cars", annotations.toString(), "class number 1.5");
        records.set("class", 0, Mat5.newScalar(4));
        TinyMatlab.write(annotations, "annotations", records);
        notDrawn("stanford_cars", "class number 4, but they go from 1 to 3");
        records.set("class", 0, Mat5.newCell(1, 0));
        TinyMatlab.write(annotations, "annotations", records);
        notDrawn("stanford_cars", "neither text nor number");
        TinyMatlab.write(annotations, "annotations", Mat5.newScalar(1));
        notDrawn("stanford_cars", "no variable annotations of the expected kind");
    }

    @Test
    void missingAnnotationsAreNamed() {
        TinyDataSet.picture(root.resolve("oxford_pets/images/Abyssinian_1.jpg"));
        notDrawn("oxford_pets", "annotations/trainval.txt is missing: fetch it");
        notDrawn("stanford_cars", "devkit/cars_meta.mat is missing");
        notDrawn("dtd", root.resolve("dtd/images").toString());
    }

    @Test
    void whatHasListsOfItsOwnNeedsNoSplit() {
        assertThatThrownBy(() -> PublishedDataSets.find("fgvc_aircraft")
                        .orElseThrow()
                        .drawSplit(TinyDataSets.of("fgvc_aircraft").write(root), 1))
                .isInstanceOf(DataSetException.class)
                .hasMessageContaining("FGVCAircraft needs no split file");
    }
}
