package org.skiptuning.benchmark.job;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.Reader;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class JobWorkerTest {
    private static PrintStream nowhere() {
        return new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
    }

    @Test
    @Timeout(20)
    void endsWithItsRequests() throws IOException {
        JobWorker.serve(new BufferedReader(new StringReader("")), nowhere(), () -> {
            throw new IllegalStateException("it was idle");
        });
    }

    @Test
    @Timeout(20)
    void brokenRequestsAreTold() {
        for (var request : new String[] {"garbage", "{}", "{\"root\": 7}", "[]", "null"}) {
            assertThatExceptionOfType(IOException.class)
                    .as(request)
                    .isThrownBy(
                            () -> JobWorker.serve(new BufferedReader(new Waiting(request + "\n")), nowhere(), () -> {}))
                    .withMessageContaining("a request is broken");
        }
    }

    /** Nobody waits for the rest of a job when the one who asked is gone. */
    @Test
    @Timeout(20)
    void isToldOfBeingOrphaned() throws InterruptedException {
        var orphaned = new CountDownLatch(1);
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> JobWorker.serve(
                        new BufferedReader(new StringReader("garbage\n")), nowhere(), orphaned::countDown))
                .withMessageContaining("broken");
        orphaned.await();
    }

    /** Requests that do not end. */
    private static final class Waiting extends Reader {
        private final StringReader first;

        Waiting(String first) {
            this.first = new StringReader(first);
        }

        @Override
        public int read(char[] buffer, int offset, int length) throws IOException {
            var read = first.read(buffer, offset, length);
            if (read > 0) {
                return read;
            }
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException end) {
                Thread.currentThread().interrupt();
            }
            return -1;
        }

        @Override
        public void close() {}
    }
}
