package org.skiptuning.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.skiptuning.DataSetException;

class ImageTableTest {
    @TempDir
    private Path root;

    @BeforeEach
    void pictures() throws IOException {
        for (var name : List.of("a.jpg", "b.jpg", "ü, \"x\".jpg")) {
            Files.createFile(root.resolve(name));
        }
    }

    private DataSet table(String name, String text) throws IOException {
        return Datasets.table(Files.writeString(root.resolve(name), text));
    }

    private List<String> names(List<LabelledImage> images) {
        return images.stream()
                .map(image -> root.relativize(image.path()) + "=" + image.label())
                .toList();
    }

    @Test
    void aTableNeedsNoHeader() throws IOException {
        var data = table("pets.csv", "b.jpg,dog,train\na.jpg,cat,test\n\"ü, \"\"x\"\".jpg\",cat,val\n");
        assertThat(data.name()).isEqualTo("pets");
        assertThat(data.classNames()).containsExactly("cat", "dog");
        assertThat(names(data.train())).containsExactly("b.jpg=1");
        assertThat(names(data.test())).containsExactly("a.jpg=0");
        assertThat(names(data.validation())).containsExactly("ü, \"x\".jpg=0");
    }

    @Test
    void aHeaderOrdersTheColumns() throws IOException {
        var data = table("pets.csv", "\uFEFFSplit,note,Class,path\r\ntrain,,dog,b.jpg\r\n\r\nTest,x,cat,a.jpg");
        assertThat(names(data.train())).containsExactly("b.jpg=1");
        assertThat(names(data.test())).containsExactly("a.jpg=0");
    }

    @Test
    void labelsTellEqualNamesApart() throws IOException {
        var csv = table("x.csv", "a.jpg,missile,train,1\nb.jpg,missile,train,0\n");
        assertThat(csv.classNames()).containsExactly("missile", "missile");
        assertThat(names(csv.train())).containsExactly("a.jpg=1", "b.jpg=0");
        var jsonl = table("x.jsonl", """
                {"path": "a.jpg", "class": "missile", "split": "train", "label": 1}

                {"path": "b.jpg", "class": "missile", "split": "train", "label": 0}
                """);
        assertThat(jsonl.train()).isEqualTo(csv.train());
    }

    @Test
    void absolutePathsAreTakenAsTheyAre() throws IOException {
        var data = table("x.csv", root.resolve("a.jpg") + ",cat,train");
        assertThat(data.train()).containsExactly(new LabelledImage(root.resolve("a.jpg"), 0));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "a.jpg,cat,train;b.jpg,dog|2|has 2 cells instead of 3",
                "a.jpg,cat,train;;b.jpg,dog,tests|3|gives the split \"tests\"",
                "a.jpg,cat,train;missing.jpg,dog,test|2|names the picture missing.jpg, which does not exist",
                "a.jpg,cat,train;b.jpg,\"dog,test|2|a quoted cell that is never closed",
                "a.jpg,cat,train;b.jpg,\"dog\"s,test|2|text after the closing quote",
                "a.jpg,cat,train;b.jpg,do\"g,test|2|a quote inside a cell",
                "a.jpg,cat,train;b.jpg,,test|2|has an empty class",
                "a.jpg,cat,train,0;b.jpg,dog,test|2|gives no label",
                "a.jpg,cat,train;b.jpg,dog,test,0|2|gives a label",
                "a.jpg,cat,train,0;b.jpg,dog,test,0|2|gives label 0 the class dog, but it was cat",
                "a.jpg,cat,train,x;b.jpg,dog,test,0|1|a whole number is needed",
                "a.jpg,cat,train,0;b.jpg,dog,test,99|2|gives the label 99",
                "path,class;a.jpg,cat|1|is a header without split",
            })
    void errorsNameFileAndLine(String lines, int line, String message) {
        assertThatThrownBy(() -> table("pets.csv", lines.replace(';', '\n')))
                .isInstanceOf(DataSetException.class)
                .hasMessageContaining("pets.csv, line " + line + ": ")
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "{|is not JSON",
                "[]|is not a JSON object",
                "{\"path\": \"a.jpg\", \"split\": \"train\"}|has no text for \"class\"",
                "{\"path\": 3, \"class\": \"x\", \"split\": \"train\"}|has no text for \"path\"",
                "{\"path\": \"a.jpg\", \"class\": \"x\", \"split\": \"train\", \"label\": 0.5}|gives the label 0.5",
            })
    void errorsInJsonLinesNameFileAndLine(String json, String message) {
        assertThatThrownBy(() -> table("pets.jsonl", "\n" + json))
                .isInstanceOf(DataSetException.class)
                .hasMessageContaining("pets.jsonl, line 2: ")
                .hasMessageContaining(message);
    }

    @Test
    void labelsHaveNoGaps() {
        assertThatThrownBy(() -> table("pets.csv", "a.jpg,cat,train,1\nb.jpg,cat,train,1"))
                .isInstanceOf(DataSetException.class)
                .hasMessageContaining("no picture with label 0");
    }

    @Test
    void emptyMissingAndForeignFilesAreNamed() throws IOException {
        assertThatThrownBy(() -> table("empty.csv", "\n\n"))
                .isInstanceOf(DataSetException.class)
                .hasMessageContaining("empty.csv names no pictures");
        assertThatThrownBy(() -> Datasets.table(root.resolve("none.csv")))
                .isInstanceOf(DataSetException.class)
                .hasMessageContaining("none.csv");
        var foreign = Files.write(root.resolve("x.csv"), "ü.jpg,a,train".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> Datasets.table(foreign))
                .isInstanceOf(DataSetException.class)
                .hasMessageContaining("is not UTF-8");
    }
}
