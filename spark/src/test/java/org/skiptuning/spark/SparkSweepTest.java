package org.skiptuning.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A sweep over Spark's local cluster, processes and all: whatever happens to its executors, the results are those of one process. */
class SparkSweepTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final String CLUSTER = "local-cluster[2,1,1024]";
    private static final int PATIENCE_MINUTES = 5;

    @TempDir
    Path folder;

    @BeforeEach
    void draw() throws IOException {
        var colours = List.of(Color.RED, Color.GREEN, Color.BLUE, Color.YELLOW);
        var random = new SplittableRandom(7);
        for (var part : List.of("train", "test")) {
            for (var label = 0; label < colours.size(); label++) {
                var place = Files.createDirectories(folder.resolve("pictures/" + part + "/thing " + label));
                for (var picture = 0; picture < 4; picture++) {
                    var image = new BufferedImage(40, 40, BufferedImage.TYPE_INT_RGB);
                    for (var pixel = 0; pixel < 1600; pixel++) {
                        // Hardly told apart, so that accuracies tell runs apart.
                        var tint = random.nextInt(12) == 0 ? colours.get(label).getRGB() : random.nextInt();
                        image.setRGB(pixel % 40, pixel / 40, tint);
                    }
                    ImageIO.write(image, "png", place.resolve(picture + ".png").toFile());
                }
            }
        }
    }

    private record Run(Process process, Path out) {
        int await() throws InterruptedException {
            assertThat(process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES)).isTrue();
            return process.exitValue();
        }

        String log() throws IOException {
            return Files.readString(out);
        }
    }

    private Run sweep(String output, String... more) throws IOException {
        var command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx512m"));
        command.add("--enable-native-access=ALL-UNNAMED");
        command.addAll(Files.readAllLines(Path.of(System.getProperty("skiptuning.spark.options"))));
        command.addAll(List.of(
                "-Dskiptuning.native=" + ROOT.resolve("java/target/native"),
                "-Dskiptuning.libtorch=" + ROOT.resolve("java/target/native/libtorch"),
                "-Dskiptuning.bundled.model=" + ROOT.resolve("models/bundled"),
                "-cp",
                System.getProperty("java.class.path"),
                "org.skiptuning.cli.Main",
                "benchmark",
                "base-to-new",
                "--methods",
                "skip,coop,tip-adapter",
                "--shots",
                "2",
                "--seeds",
                "1,2",
                "--epochs",
                "3",
                "--rate-factors",
                "1",
                "--threads",
                "1",
                "--model",
                "bundled",
                "--data",
                folder.resolve("pictures").toString(),
                "--output",
                folder.resolve(output).toString(),
                "--json",
                folder.resolve(output + ".json").toString()));
        command.addAll(List.of(more));
        var out = folder.resolve(output + ".log");
        var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile());
        builder.environment()
                .put("SPARK_HOME", Path.of("target/spark-home").toAbsolutePath().toString());
        builder.environment().put("SPARK_SCALA_VERSION", "2.13");
        builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
        return new Run(builder.start(), out);
    }

    /** All accuracies; times and memory differ from run to run. */
    private JsonNode results(String output) throws IOException {
        var result = (ObjectNode) new JsonMapper().readTree(Files.readString(folder.resolve(output + ".json")));
        result.remove("output");
        result.path("rows").forEach(row -> {
            ((ObjectNode) row).remove(List.of("seconds", "step_ms", "peak_memory_bytes", "peak_tensor_bytes"));
            row.path("runs").forEach(run -> ((ObjectNode) run).remove("seconds"));
        });
        return result;
    }

    @Test
    void aClusterComesToWhatOneProcessDoes() throws Exception {
        var alone = sweep("alone");
        assertThat(alone.await()).as(alone.log()).isZero();
        var cluster = sweep("cluster", "--spark", CLUSTER);
        assertThat(cluster.await()).as(cluster.log()).isZero();
        assertThat(results("cluster")).isEqualTo(results("alone"));
        assertThat(folder.resolve("cluster/pictures/skip/2-shots/seed-2/rate-1/log.txt"))
                .exists();

        var broken = sweep("broken", "--spark", CLUSTER);
        killAnExecutor(broken.process(), folder.resolve("broken/pictures/skip/2-shots/seed-1/rate-1/spec.json"));
        assertThat(broken.await()).as(broken.log()).isZero();
        assertThat(results("broken")).isEqualTo(results("alone"));
    }

    /** In the middle: as soon as the file is there that a job writes when it begins. */
    private static void killAnExecutor(Process driver, Path begun) throws Exception {
        var end = System.nanoTime() + TimeUnit.MINUTES.toNanos(PATIENCE_MINUTES);
        while (System.nanoTime() < end && !Files.exists(begun)) {
            Thread.onSpinWait();
        }
        assertThat(begun).exists();
        // A local cluster's workers are threads of the driver: its children are the executors, and theirs do the jobs.
        var executor = driver.children()
                .filter(child -> child.children().findAny().isPresent())
                .findFirst();
        assertThat(executor).isPresent();
        var orphans = executor.get().children().toList();
        executor.get().destroyForcibly();
        for (var orphan : orphans) {
            assertThat(orphan.onExit().get(PATIENCE_MINUTES, TimeUnit.MINUTES).isAlive())
                    .isFalse();
        }
    }
}
