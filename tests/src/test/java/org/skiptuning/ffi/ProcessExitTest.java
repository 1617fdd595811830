package org.skiptuning.ffi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A JVM that ends while another of its threads is inside the core: with its own status, not with a crash. */
class ProcessExitTest {
    private static final int STATUS = 3;
    private static final long PATIENCE_SECONDS = 60;

    @TempDir
    private Path folder;

    /** What a thread does without an end. It says when it has begun. */
    enum Work {
        MEASURE {
            @Override
            void run(Runnable begun) {
                try (var context = NativeContext.create("cpu", 2)) {
                    context.infoJson();
                    begun.run();
                    while (true) {
                        context.measureJson();
                    }
                }
            }
        },
        TRAIN {
            @Override
            void run(Runnable begun) {
                try (var context = TinyClip.context();
                        var model = TinyClip.model(context);
                        var cache = TinyClip.filledCache(model, 4, 6);
                        var trainer = NativeTrainer.create(model, Optional.of(cache), "{\"method\":\"skip\"}")) {
                    for (long step = 0; true; step++) {
                        trainer.step(step, new long[] {0, 3}, new long[] {5, 1}, 0.01, 0.01);
                        begun.run();
                    }
                }
            }
        };

        abstract void run(Runnable begun);
    }

    /** Works on one thread, and ends the JVM from another. */
    static final class EndsWhileComputing {
        private EndsWhileComputing() {}

        public static void main(String[] arguments) throws InterruptedException {
            var computing = new CountDownLatch(1);
            var thread = new Thread(() -> Work.valueOf(arguments[0]).run(computing::countDown));
            thread.setDaemon(true);
            thread.setUncaughtExceptionHandler((failed, failure) -> {
                failure.printStackTrace();
                Runtime.getRuntime().halt(1);
            });
            thread.start();
            computing.await();
            Thread.sleep(Long.parseLong(arguments[1]));
            System.exit(STATUS);
        }
    }

    @ParameterizedTest
    @EnumSource(Work.class)
    void exitDuringACallIsAnExit(Work work) throws Exception {
        for (int delay = 0; delay <= 450; delay += 150) {
            exits(work, delay);
        }
    }

    private void exits(Work work, int delay) throws IOException, InterruptedException {
        var log = folder.resolve("output.txt");
        var process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:-CreateCoredumpOnCrash",
                        "-cp",
                        System.getProperty("java.class.path"),
                        EndsWhileComputing.class.getName(),
                        work.name(),
                        Integer.toString(delay))
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(Files.readString(log)).isEmpty();
        assertThat(process.exitValue()).isEqualTo(STATUS);
    }
}
