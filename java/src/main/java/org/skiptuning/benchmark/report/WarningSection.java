package org.skiptuning.benchmark.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.skiptuning.benchmark.SweepResults;
import org.skiptuning.benchmark.job.JobOutcome;

/** What runs warned of, that a reader of their figures should know: once, with whose it is. */
final class WarningSection {
    private static final int MOST = 40;

    private WarningSection() {}

    static Optional<Section> of(SweepResults results) {
        var by = new LinkedHashMap<String, Set<String>>();
        results.zeroShot().forEach((task, outcome) -> add(by, task + ", zero-shot", outcome));
        results.rows()
                .forEach(row -> row.outcomes()
                        .values()
                        .forEach(outcome ->
                                add(by, row.task() + ", " + row.entrant().title(), outcome)));
        if (by.isEmpty()) {
            return Optional.empty();
        }
        var lines = new ArrayList<String>();
        by.forEach((text, who) -> lines.add("- " + named(who) + ": " + text));
        var shown = new ArrayList<>(lines.subList(0, Math.min(MOST, lines.size())));
        if (lines.size() > MOST) {
            shown.add("- and " + (lines.size() - MOST) + " more, which the runs' result.json have");
        }
        return Optional.of(new Section("What runs warned of", shown, List.of(), List.of()));
    }

    private static void add(Map<String, Set<String>> by, String who, JobOutcome outcome) {
        outcome.warnings()
                .forEach(text ->
                        by.computeIfAbsent(text, any -> new LinkedHashSet<>()).add(who));
    }

    private static String named(Set<String> who) {
        var first = who.iterator().next();
        return who.size() == 1 ? first : first + " and " + (who.size() - 1) + " more";
    }
}
