package org.skiptuning.ffi;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.io.TempDir;

/** A JVM that ends while another of its threads is inside the core: with its own status, not with a crash. */
class ProcessExitTest {
    private static final int STATUS = 3;
    private static final long PATIENCE_SECONDS = 60;

    @TempDir
    private Path folder;

    /** Computes without an end on one thread, and ends the JVM from another. */
    static final class EndsWhileComputing {
        private EndsWhileComputing() {}

        public static void main(String[] arguments) throws InterruptedException {
            var computing = new CountDownLatch(1);
            var thread = new Thread(() -> {
                try (var context = NativeContext.create("cpu", 2)) {
                    context.infoJson();
                    computing.countDown();
                    while (true) {
                        context.measureJson();
                    }
                }
            });
            thread.setDaemon(true);
            thread.start();
            computing.await();
            Thread.sleep(Long.parseLong(arguments[0]));
            System.exit(STATUS);
        }
    }

    @RepeatedTest(5)
    void exitDuringACallIsAnExit(RepetitionInfo repetition) throws Exception {
        var log = folder.resolve("output.txt");
        var process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:-CreateCoredumpOnCrash",
                        "-cp",
                        System.getProperty("java.class.path"),
                        EndsWhileComputing.class.getName(),
                        Integer.toString(50 + 130 * repetition.getCurrentRepetition()))
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
