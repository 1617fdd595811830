package org.skiptuning;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples of the documentation compile and run. */
class ExampleTest {
    @TempDir
    Path folder;

    @Test
    void fineTune() throws Exception {
        var pictures = folder.resolve("pictures");
        for (var image : TinyPictures.write(folder.resolve("drawn"), 4, 6, 0).train()) {
            var target = pictures.resolve(TinyClip.names(4).get(image.label()));
            Files.createDirectories(target);
            Files.move(image.path(), target.resolve(image.path().getFileName()));
        }
        var model = TinyClip.write(folder.resolve("model"), 1);
        var tuned = folder.resolve("tuned");

        var output = run("FineTune", model.toString(), pictures.toString(), tuned.toString());

        assertThat(output.lines()).hasSize(8).element(4).asString().startsWith("epoch 5 of 5: loss ");
        assertThat(output).containsPattern("accuracy \\d+\\.\\d % before, \\d+\\.\\d % after");
        try (var loaded = FineTuned.load(tuned)) {
            assertThat(loaded.classNames()).hasSize(4);
        }
    }

    private String run(String example, String... arguments) throws Exception {
        var source = root().resolve("examples").resolve(example + ".java");
        var classes = Files.createDirectories(folder.resolve("classes"));
        var problems = new ByteArrayOutputStream();
        var status = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        problems,
                        problems,
                        "-Xlint:all,-path",
                        "-Werror",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-d",
                        classes.toString(),
                        source.toString());
        assertThat(status).as(problems.toString(StandardCharsets.UTF_8)).isZero();

        var printed = new ByteArrayOutputStream();
        var stream = System.out;
        var locale = Locale.getDefault();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        Locale.setDefault(Locale.ROOT);
        try (var loader = new URLClassLoader(
                new URL[] {classes.toUri().toURL()}, getClass().getClassLoader())) {
            loader.loadClass(example).getMethod("main", String[].class).invoke(null, (Object) arguments);
        } finally {
            System.setOut(stream);
            Locale.setDefault(locale);
        }
        return printed.toString(StandardCharsets.UTF_8);
    }

    /** The folder of the whole checkout, above the module that the tests run in. */
    private static Path root() throws IOException {
        for (var folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
            if (Files.isDirectory(folder.resolve("examples"))) {
                return folder;
            }
        }
        throw new IOException("no folder examples above " + Path.of("").toAbsolutePath());
    }
}
