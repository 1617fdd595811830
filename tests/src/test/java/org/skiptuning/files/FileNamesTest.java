package org.skiptuning.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileNamesTest {
    @TempDir
    private Path folder;

    /** A path of raw bytes, which only a URI can give. */
    private Path raw(String encoded) {
        return Path.of(URI.create(folder.toUri() + encoded));
    }

    @Test
    void namesThatAreTextAreFine() {
        for (var name : new String[] {"a.png", "größe 狗.png", "a%20b", "\uFFFD.png"}) {
            assertThat(FileNames.problem(folder.resolve(name))).as(name).isEmpty();
            assertThat(FileNames.escaped(folder.resolve(name))).isEqualTo(name);
        }
    }

    @Test
    void otherNamesAreShownByTheirBytes() throws IOException {
        var file = Files.createFile(raw("%FFcat%20%C3%BC%E4.png"));
        assertThat(FileNames.problem(file))
                .contains("The folder " + folder + " holds '\\xffcat ü\\xe4.png', which is not UTF-8 text: rename it");
    }

    @Test
    void theUppermostNameIsTold() throws IOException {
        var file = Files.createFile(Files.createDirectory(raw("c%E4t")).resolve("1.png"));
        assertThat(FileNames.problem(file))
                .contains("The folder " + folder + " holds 'c\\xe4t', which is not UTF-8 text: rename it");
    }

    @Test
    void theLocaleMayBeAtFault() {
        assertThat(FileNames.reason("ü".getBytes(StandardCharsets.UTF_8), "rename it"))
                .contains("LC_ALL=C.UTF-8")
                .doesNotContain("rename it");
    }
}
