package org.skiptuning.data.bundled;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.skiptuning.DataSetException;

class DamagedFilesTest {
    @TempDir
    private Path folder;

    private void index(String json) throws IOException {
        Files.writeString(folder.resolve(DrawnPictures.INDEX), json);
    }

    @Test
    void aWholeFolderIsRead() throws IOException {
        index("""
                {"size": 1, "styles": [], "pictures":
                  [{"row": 0, "style": "noto", "icon": "cat", "name": "cat", "category": ""}]}""");
        Files.write(folder.resolve(DrawnPictures.PIXELS), new byte[] {1, 2, 3});
        var drawn = DrawnPictures.open(folder);
        assertThat(drawn.rgb(drawn.pictures().getFirst())).containsExactly(1, 2, 3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "{}",
                "{\"size\": 0, \"styles\": [], \"pictures\": []}",
                "{\"size\": 1, \"styles\": [], \"pictures\": null}",
                "{\"size\": 1, \"styles\": [], \"pictures\": [null]}",
                "{\"size\": 1, \"styles\": [], \"pictures\": [{\"row\": 0}]}",
                "{\"size\": 1, \"styles\": [], \"pictures\":"
                        + " [{\"row\": -1, \"style\": \"\", \"icon\": \"\", \"name\": \"\", \"category\": \"\"}]}",
                "{\"size\": 1, \"styles\": [], \"pictures\":"
                        + " [{\"row\": 1, \"style\": \"\", \"icon\": \"\", \"name\": \"\", \"category\": \"\"}]}",
            })
    void aDamagedCacheIsToBeDeleted(String json) throws IOException {
        index(json);
        Files.write(folder.resolve(DrawnPictures.PIXELS), new byte[] {1, 2, 3});
        assertThatThrownBy(() -> DrawnPictures.open(folder))
                .isInstanceOf(DataSetException.class)
                .hasMessageContaining(folder.toString())
                .hasMessageContaining("delete its folder");
    }

    @Test
    void missingPixelsAreToBeDrawnAgain() throws IOException {
        index("{\"size\": 1, \"styles\": [], \"pictures\": []}");
        assertThatThrownBy(() -> DrawnPictures.open(folder))
                .isInstanceOf(DataSetException.class)
                .hasMessageContaining("no such file or folder")
                .hasMessageContaining("delete its folder");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "{\"icons\": {\"cat\": {", "{\"width\": \"wide\"}"})
    void aDamagedIconSetNamesTheJar(String json) throws IOException {
        var jar = folder.resolve("icons.jar");
        try (var zip = new ZipOutputStream(Files.newOutputStream(jar))) {
            zip.putNextEntry(new ZipEntry("json/noto.json"));
            zip.write(json.getBytes(StandardCharsets.UTF_8));
            zip.closeEntry();
        }
        try (var archive = PictureArchive.open(jar, "json/")) {
            assertThatThrownBy(() -> archive.set("noto"))
                    .isInstanceOf(DataSetException.class)
                    .hasMessageContaining(jar.toString())
                    .hasMessageContaining("noto");
        }
    }
}
