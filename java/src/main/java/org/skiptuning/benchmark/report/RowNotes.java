package org.skiptuning.benchmark.report;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.skiptuning.benchmark.Protocol;
import org.skiptuning.benchmark.SweepRow;
import org.skiptuning.report.Prose;

/** What a reader of rows has to know, as sentences, and the cells that hang on whether rows differ in it. */
final class RowNotes {
    private final Protocol protocol;
    private final List<SweepRow> rows;

    RowNotes(Protocol protocol, List<SweepRow> rows) {
        this.protocol = protocol;
        this.rows = rows;
    }

    /** Whether rows are over different seeds, so that each has to say its own. */
    boolean seedsDiffer() {
        return seedsOfRows().distinct().count() > 1;
    }

    /** Of those that have figures. */
    private Stream<List<Long>> seedsOfRows() {
        return rows.stream().map(SweepRow::succeededSeeds).filter(seeds -> !seeds.isEmpty());
    }

    /** Whether rates were chosen from different factors, so that each has to say which. */
    private boolean factorsDiffer() {
        return rows.stream()
                        .filter(SweepRow::hasRate)
                        .map(SweepRow::rateFactors)
                        .distinct()
                        .count()
                > 1;
    }

    String rate(SweepRow row) {
        if (!row.hasRate()) {
            return Cells.NONE;
        }
        var factor = Prose.number(row.rateFactor());
        if (!factorsDiffer()) {
            return factor;
        }
        return row.rateFactors().size() > 1
                ? factor + " (of " + Prose.list(row.rateFactors()) + ")"
                : factor + " (not chosen)";
    }

    String text() {
        if (rows.isEmpty()) {
            return "";
        }
        var sentences = new ArrayList<String>();
        sentences.add(seeds());
        rows.stream().filter(SweepRow::hasRate).findFirst().ifPresent(row -> sentences.add(rates(row)));
        if (rows.stream().anyMatch(row -> row.paperStyleBytes().isEmpty() && row.failures() == 0)) {
            sentences.add("Paper-style memory is an estimate for steps through towers: methods on features have none.");
        }
        if (rows.stream().anyMatch(SweepRow::comparable)) {
            sentences.add("What is called published is of OpenAI's ViT-B/16 (arXiv 2412.11509).");
        }
        return String.join(" ", sentences);
    }

    private String seeds() {
        var seeds = seedsOfRows().findFirst().orElse(rows.getFirst().seeds());
        if (seedsOfRows().allMatch(own -> own.size() == 1)) {
            return "One run a row" + (seedsDiffer() ? "" : ", of seed " + Prose.list(seeds)) + ".";
        }
        return "Mean over "
                + (seedsDiffer() ? "each row's seeds, which report.csv has," : "the seeds " + Prose.list(seeds))
                + " with the standard deviation"
                + (protocol == Protocol.BASE_TO_NEW
                        ? "; an H is the harmonic mean of both means, its deviation that of the seeds' own."
                        : ".");
    }

    private String rates(SweepRow first) {
        if (factorsDiffer()) {
            return "Learning rates are the recipes' times a factor: where several were tried, the one that validation"
                    + " pictures of the trained classes chose, by one seed.";
        }
        var factors = first.rateFactors();
        if (factors.size() > 1) {
            return "Learning rates are the recipes' times the factor that validation pictures of the trained classes chose"
                    + " among " + Prose.list(factors) + ", by one seed.";
        }
        return "No learning rate was chosen by a trial: all are as recipes and options have them"
                + (factors.getFirst() == 1 ? "." : " times " + Prose.list(factors) + ".");
    }
}
