package org.skiptuning;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SavePaceTest {
    private final AtomicLong now = new AtomicLong();
    private final AtomicInteger saves = new AtomicInteger();

    private SavePace paceOfSaves(long millis) {
        return paceOfSaves(() -> {}, millis);
    }

    private SavePace paceOfSaves(Runnable prepare, long millis) {
        return new SavePace(
                prepare,
                () -> {
                    saves.incrementAndGet();
                    pass(millis);
                },
                now::get);
    }

    private void pass(long millis) {
        now.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    @Test
    void quickSavesComeEveryTime() {
        var pace = paceOfSaves(100);
        for (var epoch = 0; epoch < 5; epoch++) {
            pass(1);
            pace.saveIfDue();
        }
        assertThat(saves).hasValue(5);
    }

    @Test
    void whatOnlyTheFirstSaveNeedsPutsOffNone() {
        var prepared = new AtomicInteger();
        var pace = paceOfSaves(() -> pass(prepared.getAndIncrement() == 0 ? 10_000 : 0), 10);
        for (var epoch = 0; epoch < 5; epoch++) {
            pass(1);
            pace.saveIfDue();
        }
        assertThat(saves).hasValue(5);
    }

    @Test
    void slowSavesTakeATwentiethOfTheTime() {
        var pace = paceOfSaves(500);
        for (var epoch = 0; epoch < 100; epoch++) {
            pass(1_000);
            pace.saveIfDue();
        }
        assertThat(saves.get() * 500.0).isLessThanOrEqualTo(0.06 * TimeUnit.NANOSECONDS.toMillis(now.get()));
        assertThat(saves).hasPositiveValue();
    }

    @Test
    void whoMustSaveDoes() {
        var pace = paceOfSaves(500);
        pace.saveNow();
        pace.saveIfDue();
        pace.saveNow();
        assertThat(saves).hasValue(2);
    }
}
