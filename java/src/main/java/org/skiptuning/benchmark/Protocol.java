package org.skiptuning.benchmark;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.skiptuning.ClassSubset;
import org.skiptuning.benchmark.job.DataReference;
import org.skiptuning.benchmark.job.Target;

/** How methods are compared: what is trained on, and what is measured. */
public enum Protocol {
    /** Train on the first half of the classes, measure both halves. */
    BASE_TO_NEW(List.of(16)),
    /** Train on all classes of one data set, measure that and others. */
    CROSS_DATASET(List.of(16)),
    /** Train on one data set, measure that and the same things in other styles. */
    DOMAIN(List.of(16)),
    /** Train on all classes and measure them, at several numbers of shots. */
    FEW_SHOT(List.of(1, 2, 4, 8, 16));

    /** Figures of base-to-new. */
    public static final String BASE = "base";

    public static final String NEW = "new";

    private final List<Integer> shots;

    Protocol(List<Integer> shots) {
        this.shots = shots;
    }

    /** Those of the published figures. */
    public List<Integer> publishedShots() {
        return shots;
    }

    /** Whether one data set is trained on and others are measured. */
    public boolean transfers() {
        return this == CROSS_DATASET || this == DOMAIN;
    }

    /**
     * The tasks over some data sets: one for each; where a protocol transfers, one that trains on the first.
     *
     * @throws IllegalArgumentException if a protocol that transfers has nothing to transfer to
     */
    public List<Task> tasks(List<DataReference> data) {
        if (transfers()) {
            if (data.size() < 2) {
                throw new IllegalArgumentException(
                        this + " trains on one data set and measures others: name two at least");
            }
            var targets = data.stream()
                    .map(one -> Target.test(one.name(), one, ClassSubset.ALL))
                    .toList();
            return List.of(new Task(data.getFirst().name(), data.getFirst(), ClassSubset.ALL, targets));
        }
        var tasks = new ArrayList<Task>();
        for (var one : data) {
            var targets = this == BASE_TO_NEW
                    ? List.of(Target.test(BASE, one, ClassSubset.BASE), Target.test(NEW, one, ClassSubset.NEW))
                    : List.of(Target.test(one.name(), one, ClassSubset.ALL));
            tasks.add(new Task(one.name(), one, this == BASE_TO_NEW ? ClassSubset.BASE : ClassSubset.ALL, targets));
        }
        return tasks;
    }

    /** All, as the command line has them. */
    public static List<String> names() {
        return Arrays.stream(values()).map(Protocol::toString).toList();
    }

    /** @throws IllegalArgumentException if there is none of that name */
    public static Protocol of(String name) {
        return Stream.of(values())
                .filter(protocol -> protocol.toString().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "There is no protocol '" + name + "': use " + String.join(", ", names())));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
