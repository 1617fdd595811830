package org.skiptuning.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FoldersTest {
    @TempDir
    private Path folder;

    private Path folderWith(String name, String content) throws IOException {
        var path = Files.createDirectory(folder.resolve(name));
        Files.writeString(path.resolve("file"), content);
        return path;
    }

    @Test
    void whoIsFirstStays() throws IOException {
        var target = folder.resolve("target");
        Folders.moveIntoPlace(folderWith("first", "first"), target);
        var second = folderWith("second", "second");
        Folders.moveIntoPlace(second, target);
        assertThat(target.resolve("file")).hasContent("first");
        assertThat(second.resolve("file")).hasContent("second");
    }

    @Test
    void aFileInTheWayIsAnError() throws IOException {
        var file = Files.writeString(folder.resolve("target"), "in the way");
        var part = folderWith("part", "part");
        assertThatThrownBy(() -> Folders.moveIntoPlace(part, file)).isInstanceOf(FileSystemException.class);
        assertThat(file).hasContent("in the way");
    }

    @Test
    void whyThereIsNothingIsTold() throws IOException {
        var circle = Files.createSymbolicLink(folder.resolve("circle"), folder.resolve("circle"));
        var nowhere = Files.createSymbolicLink(folder.resolve("nowhere"), folder.resolve("gone"));
        assertThat(Folders.absence(folder.resolve("gone"))).isEqualTo("does not exist");
        assertThat(Folders.absence(nowhere)).isEqualTo("is a link to something that does not exist");
        assertThat(Folders.absence(circle)).startsWith("cannot be reached: Too many levels of symbolic links");
        assertThat(Folders.absence(circle.resolve("below"))).startsWith("cannot be reached: Too many levels");
    }
}
