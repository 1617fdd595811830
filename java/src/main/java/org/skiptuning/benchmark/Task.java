package org.skiptuning.benchmark;

import java.util.List;
import java.util.stream.Stream;
import org.skiptuning.ClassSubset;
import org.skiptuning.benchmark.job.DataReference;
import org.skiptuning.benchmark.job.Target;

/**
 * What is trained on and measured together: in most protocols a data set.
 *
 * @param name in tables and of its folder
 * @param trained the classes that are trained on
 * @param targets what every run is measured on
 */
public record Task(String name, DataReference training, ClassSubset trained, List<Target> targets) {
    /** Figures of {@link #validation}. */
    static final String VALIDATION = "validation";

    public Task {
        targets = List.copyOf(targets);
    }

    /** Names of what is trained on and measured. */
    List<String> dataSets() {
        return Stream.concat(Stream.of(training), targets.stream().map(Target::data))
                .map(DataReference::name)
                .distinct()
                .toList();
    }

    /** Pictures to choose by: never those of a target. */
    Target validation() {
        return new Target(VALIDATION, training, trained, Target.Part.VALIDATION);
    }
}
