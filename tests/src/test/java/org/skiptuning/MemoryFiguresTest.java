package org.skiptuning;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.skiptuning.ffi.NativeBuffer;
import org.skiptuning.ffi.NativeContext;
import org.skiptuning.files.ResidentMemory;

class MemoryFiguresTest {
    private static final long BYTES = 256L << 20;

    @Test
    void thePeakOfTheResidentSetRisesWithUseAndBeginsAgain() {
        try (var context = NativeContext.create("cpu", 1)) {
            MemoryFigures.restart(context);
            var before = ResidentMemory.peak();
            try (var buffer = NativeBuffer.allocate(BYTES)) {
                for (var page = 0L; page < BYTES; page += 4096) {
                    buffer.putByte(page, (byte) 1);
                }
                assertThat(MemoryFigures.peakBytes(context)).isGreaterThan(before + BYTES / 2);
            }
            assertThat(ResidentMemory.peak()).isGreaterThan(before + BYTES / 2);

            MemoryFigures.restart(context);

            assertThat(ResidentMemory.peak()).isLessThan(before + BYTES / 2);
        }
    }
}
