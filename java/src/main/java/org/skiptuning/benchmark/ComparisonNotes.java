package org.skiptuning.benchmark;

import java.util.ArrayList;
import java.util.List;
import org.skiptuning.report.Prose;

/** What a reader of a comparison's table has to know, as sentences. */
final class ComparisonNotes {
    private final List<Comparison.Row> rows;

    ComparisonNotes(Comparison comparison) {
        this.rows = comparison.rows();
    }

    /** Whether rows are over different seeds, so that each has to say its own. */
    boolean seedsDiffer() {
        return rows.stream().map(Comparison.Row::seeds).distinct().count() > 1;
    }

    /** Whether rates were chosen from different factors, so that each has to say which. */
    boolean factorsDiffer() {
        return rows.stream()
                        .filter(Comparison.Row::hasRate)
                        .map(Comparison.Row::rateFactors)
                        .distinct()
                        .count()
                > 1;
    }

    String text() {
        var sentences = new ArrayList<String>();
        sentences.add(seeds());
        rows.stream().filter(Comparison.Row::hasRate).findFirst().ifPresent(row -> sentences.add(rates(row)));
        if (rows.stream().anyMatch(row -> row.paperStyleBytes().isEmpty() && row.failures() == 0)) {
            sentences.add("Paper-style memory is an estimate for steps through towers: methods on features have none.");
        }
        return String.join(" ", sentences);
    }

    private String seeds() {
        var several = rows.stream().anyMatch(row -> row.outcomes().size() > 1);
        var seeds = rows.getFirst().seeds();
        return !several
                ? "One run a row" + (seedsDiffer() ? "" : ", of seed " + Prose.list(seeds))
                        + "; H is the harmonic mean."
                : "Mean over " + (seedsDiffer() ? "each row's seeds" : "the seeds " + Prose.list(seeds))
                        + " with the standard deviation; H is the harmonic mean of both means, its deviation that of the"
                        + " seeds' own.";
    }

    private String rates(Comparison.Row first) {
        if (factorsDiffer()) {
            return "Learning rates are the recipes' times a factor: where several were tried, the one that validation"
                    + " pictures of the trained classes chose by the first seed.";
        }
        var factors = first.rateFactors();
        if (factors.size() > 1) {
            return "Learning rates are the recipes' times the factor that validation pictures of the trained classes chose"
                    + " among " + Prose.list(factors) + " by the first seed.";
        }
        return "No learning rate was chosen: all are the recipes'"
                + (factors.getFirst() == 1 ? "." : " times " + Prose.list(factors) + ".");
    }
}
