package org.skiptuning.cli;

import java.util.Optional;
import java.util.function.BiConsumer;
import org.skiptuning.SkipTuningBuilder;

/**
 * An option of a setting.
 *
 * @param setting that a method must have for it, as recipes name it
 * @param value where it was given
 */
record GivenOption<T>(String option, String setting, Optional<T> value, BiConsumer<SkipTuningBuilder, T> into) {
    boolean isGiven() {
        return value.isPresent();
    }

    void applyTo(SkipTuningBuilder builder) {
        value.ifPresent(given -> into.accept(builder, given));
    }

    /** @throws UsageException if both have a value */
    static void contradict(String one, Optional<?> first, String other, Optional<?> second) {
        if (first.isPresent() && second.isPresent()) {
            throw new UsageException(one + " contradicts " + other + ": leave one of them out");
        }
    }
}
