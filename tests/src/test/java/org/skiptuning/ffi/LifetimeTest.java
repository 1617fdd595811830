package org.skiptuning.ffi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LifetimeTest {
    @Test
    void freesOnceWhenClosed() {
        var freed = new AtomicInteger();
        var lifetime = new Lifetime("It", freed::incrementAndGet);
        lifetime.requireOpen();
        lifetime.close();
        lifetime.close();
        assertThat(freed).hasValue(1);
        assertThatThrownBy(lifetime::requireOpen)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("It is closed");
        assertThatThrownBy(lifetime::acquire).isInstanceOf(IllegalStateException.class);
        assertThat(freed).hasValue(1);
    }

    @Test
    void freesWhenTheLastHoldIsReleased() {
        var freed = new AtomicInteger();
        var lifetime = new Lifetime("It", freed::incrementAndGet);
        lifetime.acquire();
        lifetime.acquire();
        lifetime.close();
        lifetime.release();
        assertThat(freed).hasValue(0);
        lifetime.release();
        assertThat(freed).hasValue(1);
    }

    @Test
    void racesFreeOnceAndNeverUnderAHold() throws Exception {
        try (var threads = Executors.newFixedThreadPool(4)) {
            for (int round = 0; round < 2_000; round++) {
                var held = new AtomicInteger();
                var freedUnderHold = new AtomicInteger();
                var freed = new AtomicInteger();
                var lifetime = new Lifetime("It", () -> {
                    freed.incrementAndGet();
                    freedUnderHold.addAndGet(held.get());
                });
                var done = new CountDownLatch(4);
                for (int thread = 0; thread < 4; thread++) {
                    boolean closes = thread % 2 == 0;
                    threads.execute(() -> {
                        try {
                            if (closes) {
                                lifetime.close();
                            } else {
                                lifetime.acquire();
                                held.incrementAndGet();
                                held.decrementAndGet();
                                lifetime.release();
                            }
                        } catch (IllegalStateException closed) {
                            assertThat(closed).hasMessage("It is closed");
                        } finally {
                            done.countDown();
                        }
                    });
                }
                done.await();
                assertThat(freed).hasValue(1);
                assertThat(freedUnderHold).hasValue(0);
            }
        }
    }

    @Test
    void aLeakIsFreedAndLoggedWithItsPlace() throws Exception {
        var freed = new AtomicInteger();
        try (var log = new StandardError()) {
            leak("The first thing", freed);
            assertThat(StandardError.collectUntil(() -> freed.get() == 1)).isTrue();
            assertThat(StandardError.collectUntil(() -> log.text().contains("\n")))
                    .isTrue();
            assertThat(log.text())
                    .contains("The first thing was never closed", "-Dskiptuning.trace-leaks=true")
                    .doesNotContain("LifetimeTest.leak");

            System.setProperty(Lifetime.TRACE_PROPERTY, "true");
            leak("The second thing", freed);
            System.clearProperty(Lifetime.TRACE_PROPERTY);
            assertThat(StandardError.collectUntil(() -> log.text().contains("LifetimeTest.leak")))
                    .isTrue();
            assertThat(log.text()).contains("The second thing was never closed", "allocated at");
        }
    }

    @Test
    void aLeakedHandleIsFreedAndAClosedOneIsNotLogged() throws Exception {
        try (var log = new StandardError();
                var context = TinyClip.context()) {
            TinyClip.model(context).close();
            long before = context.allocatedBytes();
            leakModel(context);
            assertThat(StandardError.collectUntil(() -> log.text().contains("The model was never closed")))
                    .isTrue();
            assertThat(StandardError.collectUntil(() -> context.allocatedBytes() == before))
                    .isTrue();
            assertThat(log.text().lines()).hasSize(1);
        }
    }

    private static void leak(String what, AtomicInteger freed) {
        new Lifetime(what, freed::incrementAndGet);
    }

    private static void leakModel(NativeContext context) {
        TinyClip.filledCache(TinyClip.model(context), 1, 1).close();
    }
}
