package org.skiptuning.benchmark.job;

import java.time.LocalDate;
import org.skiptuning.speed.Machine;

/**
 * When and on what a run was done: its time and memory are of that machine.
 *
 * @param date as ISO 8601 has it
 * @param processor as it names itself
 * @param device that computed
 * @param threads for computing and decoding
 */
public record MeasuredOn(String date, String processor, String device, int threads) {
    static MeasuredOn now(String device, int threads) {
        return new MeasuredOn(
                LocalDate.now().toString(), Machine.processor(), device, threads == 0 ? Machine.processors() : threads);
    }

    /** For people. */
    public String title() {
        return date + ", " + processor + ", " + device + ", " + threads + (threads == 1 ? " thread" : " threads");
    }
}
