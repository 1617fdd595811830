package org.skiptuning.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.skiptuning.checkpoint.SafetensorsFile;

/** The method that docs/add-a-method.md adds: one C++ file, one recipe, and the command line trains it. */
class ToyMethodTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Path NATIVE = ROOT.resolve("java/target/native");
    private static final long BUILD_SECONDS = 300;
    private static final long RUN_SECONDS = 120;

    @TempDir
    static Path folder;

    @BeforeAll
    static void build() throws Exception {
        var log = folder.resolve("build.log");
        var build = new ProcessBuilder("cmake", "--build", NATIVE.toString(), "--target", "skiptuning_toy")
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        assertThat(build.waitFor(BUILD_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(build.exitValue()).as(() -> "see " + log).isZero();
        TinyClip.write(folder.resolve("model"), 3);
        TinyPictures.write(folder.resolve("data"), 4, 2);
    }

    private static List<String> run(int status, String... arguments) throws Exception {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Dskiptuning.native=" + NATIVE.resolve("toy"),
                "-Dskiptuning.libtorch=" + NATIVE.resolve("libtorch"),
                "-cp",
                System.getProperty("java.class.path") + File.pathSeparator + ROOT.resolve("tests/toy"),
                "org.skiptuning.cli.Main"));
        command.addAll(List.of(arguments));
        var out = Files.createTempFile(folder, "out", ".txt");
        var process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        try {
            assertThat(process.waitFor(RUN_SECONDS, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        var lines = Files.readAllLines(out);
        assertThat(process.exitValue()).as(() -> String.join("\n", lines)).isEqualTo(status);
        return lines;
    }

    @Test
    void trainsAndOpensAgain() throws Exception {
        run(0, "train", "--method", "class-bias", "--model", "model", "--data", "data", "--output", "tuned", "-q");
        try (var saved = SafetensorsFile.open(folder.resolve("tuned/method.safetensors"))) {
            var bias = saved.tensors().getFirst();
            assertThat(bias.name()).isEqualTo("own/bias");
            assertThat(bias.shape()).containsExactly(TinyPictures.CLASSES.size());
            // Cross entropy alone moves them, and their sum stays.
            assertThat(bias.buffer().getFloat(0)).isNotZero();
        }
        assertThat(run(0, "evaluate", "--tuned", "tuned", "--json", "-")).anyMatch(line -> line.contains("accuracy"));
        assertThat(run(1, "predict", "--tuned", "tuned", "--classes", "a,b", "data/test/blue sky/0.png"))
                .singleElement()
                .asString()
                .contains("class-bias knows only the 4 classes");
    }

    @Test
    void hasItsSettingsLikeEveryMethod() throws Exception {
        var printed = String.join(
                "\n",
                run(0, "train", "--method", "class-bias", "--shots", "1", "--schedule", "few-shot", "--print-config"));
        assertThat(printed).contains("\"method\" : \"class-bias\"").contains("\"epochs\" : 10");
        assertThat(run(2, "train", "--method", "class-bias", "--top-ratio", "0.5"))
                .singleElement()
                .asString()
                .contains("--method class-bias has no use for --top-ratio");
    }
}
