package org.skiptuning.ffi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.skiptuning.SkipTuningException;

class LibraryFoldersTest {
    private static final String PLATFORM = LibraryFolders.platform();

    @TempDir
    private Path folder;

    @AfterEach
    void clearSettings() {
        for (var property : List.of("skiptuning.native", "skiptuning.libtorch", "skiptuning.cache")) {
            System.clearProperty(property);
        }
    }

    @Test
    void overridesAreTakenAsTheyAre() throws IOException {
        Path core = library("one/libskiptuning.so").getParent();
        Path libtorch = library("two/libtorch_cpu.so").getParent();
        System.setProperty("skiptuning.native", core.toString());
        System.setProperty("skiptuning.libtorch", libtorch.toString());
        assertThat(LibraryFolders.find()).isEqualTo(new LibraryFolders(core, libtorch));
    }

    @Test
    void anInstalledLibtorchHasItsLibrariesInLib() throws IOException {
        System.setProperty(
                "skiptuning.native", library("one/libskiptuning.so").getParent().toString());
        Path lib = library("installed/lib/libtorch_cpu.so").getParent();
        System.setProperty("skiptuning.libtorch", folder.resolve("installed").toString());
        assertThat(LibraryFolders.find().libtorch()).isEqualTo(lib);
    }

    @Test
    void libtorchBesideTheCoreIsTaken() throws IOException {
        Path both = library("both/libskiptuning.so").getParent();
        library("both/libtorch_cpu.so");
        System.setProperty("skiptuning.native", both.toString());
        System.setProperty("skiptuning.libtorch", "");
        assertThat(LibraryFolders.find()).isEqualTo(new LibraryFolders(both, both));
    }

    @Test
    void aWrongOverrideIsAnError() throws IOException {
        Path empty = Files.createDirectory(folder.resolve("empty"));
        System.setProperty("skiptuning.native", empty.toString());
        assertThatThrownBy(LibraryFolders::find)
                .isInstanceOf(SkipTuningException.class)
                .hasMessage("-Dskiptuning.native names " + empty
                        + ", which holds no libskiptuning.so: correct it or take it away");
        System.setProperty(
                "skiptuning.native", library("one/libskiptuning.so").getParent().toString());
        System.setProperty("skiptuning.libtorch", empty.toString());
        assertThatThrownBy(LibraryFolders::find)
                .isInstanceOf(SkipTuningException.class)
                .hasMessageContaining("-Dskiptuning.libtorch names " + empty);
    }

    @Test
    void missingLibrariesNameTheRemedy() throws IOException {
        try (var nothing = new URLClassLoader(new URL[0], null)) {
            var resources = new LibraryResources(PLATFORM, nothing);
            assertThatThrownBy(resources::unpackCore)
                    .isInstanceOf(SkipTuningException.class)
                    .hasMessageContainingAll(PLATFORM, "SKIP_TUNING_NATIVE");
            assertThatThrownBy(resources::unpackLibtorch)
                    .isInstanceOf(SkipTuningException.class)
                    .hasMessageContainingAll("org.bytedeco:pytorch", "SKIP_TUNING_LIBTORCH");
        }
    }

    @Test
    void librariesOfSeveralJarsComeIntoOneFolder() throws IOException {
        System.setProperty("skiptuning.cache", folder.resolve("cache").toString());
        String torch = "org/bytedeco/pytorch/" + PLATFORM + "/";
        String blas = "org/bytedeco/openblas/" + PLATFORM + "/";
        URL[] jars = {
            jar("torch.jar", torch + "libtorch_cpu.so", torch + "libc10.so", torch + "libjnitorch.so", torch + "a.cpp"),
            jar("blas.jar", blas + "libopenblas.so.0", blas + "include/cblas.h", blas + "lib/libx.so"),
            jar("core.jar", "org/skiptuning/native/" + PLATFORM + "/libskiptuning.so")
        };
        try (var loader = new URLClassLoader(jars, null)) {
            var resources = new LibraryResources(PLATFORM, loader);
            Path libtorch = resources.unpackLibtorch();
            assertThat(libtorch.getParent()).isEqualTo(folder.resolve("cache/native"));
            assertThat(names(libtorch)).containsExactlyInAnyOrder("libtorch_cpu.so", "libc10.so", "libopenblas.so.0");
            assertThat(libtorch.resolve("libc10.so")).hasContent("content of " + torch + "libc10.so");
            assertThat(names(resources.unpackCore())).containsExactly("libskiptuning.so");

            var written = Files.getLastModifiedTime(libtorch.resolve("libc10.so"));
            assertThat(resources.unpackLibtorch()).isEqualTo(libtorch);
            assertThat(Files.getLastModifiedTime(libtorch.resolve("libc10.so"))).isEqualTo(written);
        }
        try (var loader = new URLClassLoader(new URL[] {jars[0]}, null)) {
            assertThatThrownBy(new LibraryResources(PLATFORM, loader)::unpackLibtorch)
                    .isInstanceOf(SkipTuningException.class)
                    .hasMessageContaining("org.bytedeco:openblas");
        }
    }

    @Test
    void anotherContentIsAnotherFolder() throws IOException {
        var cache = new LibraryCache(folder.resolve("cache"));
        Path first = cache.unpack("core", List.of(resource("a.so", "one")));
        Path second = cache.unpack("core", List.of(resource("a.so", "two")));
        assertThat(second).isNotEqualTo(first);
        assertThat(first.resolve("a.so")).hasContent("one");
        assertThat(second.resolve("a.so")).hasContent("two");
    }

    @Test
    void whoLosesTheRaceUsesTheWinnersFolder() throws Exception {
        var libraries = List.of(resource("a.so", "a".repeat(100_000)), resource("b.so", "b"));
        Path root = folder.resolve("cache");
        try (var threads = Executors.newFixedThreadPool(8)) {
            var results = new ArrayList<Future<Path>>();
            for (int thread = 0; thread < 8; thread++) {
                results.add(threads.submit(() -> new LibraryCache(root).unpack("core", libraries)));
            }
            var folders = new HashSet<Path>();
            for (var result : results) {
                folders.add(result.get());
            }
            assertThat(folders).hasSize(1);
        }
        assertThat(names(root)).hasSize(1);
    }

    @Test
    void whatCannotBeWrittenLeavesNothing() throws IOException {
        Path root = folder.resolve("cache");
        var cut = resource("a.so", "one");
        var longer = new LibraryResource("b.so", 99, 0, cut.location());
        assertThatThrownBy(() -> new LibraryCache(root).unpack("core", List.of(cut, longer)))
                .isInstanceOf(SkipTuningException.class)
                .hasMessageContainingAll(root.toString(), "ends after 3 of 99 bytes", "SKIP_TUNING_CACHE");
        assertThat(root).isEmptyDirectory();
        Path file = Files.createFile(folder.resolve("file"));
        assertThatThrownBy(() -> new LibraryCache(file).unpack("core", List.of(cut)))
                .isInstanceOf(SkipTuningException.class)
                .hasMessageContaining(file.toString());
    }

    @Test
    void leftoversOfKilledProcessesAreRemoved() throws IOException {
        Path root = Files.createDirectory(folder.resolve("cache"));
        Path old = library("cache/.unpacking-1/a.so").getParent();
        Path fresh = library("cache/.unpacking-2/a.so").getParent();
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofDays(2))));
        new LibraryCache(root).unpack("core", List.of(resource("a.so", "one")));
        assertThat(old).doesNotExist();
        assertThat(fresh).exists();
    }

    private Path library(String name) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.createFile(file);
    }

    private LibraryResource resource(String name, String content) throws IOException {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        var checksum = new CRC32();
        checksum.update(bytes);
        Path file = Files.write(Files.createTempFile(folder, "resource", ""), bytes);
        return new LibraryResource(
                name, bytes.length, checksum.getValue(), file.toUri().toURL());
    }

    private URL jar(String name, String... entries) throws IOException {
        Path file = folder.resolve(name);
        try (var zip = new ZipOutputStream(Files.newOutputStream(file))) {
            for (var entry : entries) {
                zip.putNextEntry(new ZipEntry(entry));
                zip.write(("content of " + entry).getBytes(StandardCharsets.UTF_8));
            }
        }
        return file.toUri().toURL();
    }

    private static List<String> names(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
