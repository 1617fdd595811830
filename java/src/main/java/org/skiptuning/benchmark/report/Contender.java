package org.skiptuning.benchmark.report;

import java.util.List;
import org.skiptuning.Method;
import org.skiptuning.benchmark.SweepPlan.Entrant;
import org.skiptuning.benchmark.SweepRow;
import org.skiptuning.report.Prose;

/**
 * What has a line of its own across data sets and shots: an entrant, and another one where its rates were tried with other
 * factors.
 */
record Contender(Entrant entrant, List<Double> rateFactors) {
    static Contender of(SweepRow row) {
        return new Contender(row.entrant(), row.rateFactors());
    }

    /** In the order of the rows. */
    static List<Contender> in(List<SweepRow> rows) {
        return rows.stream().map(Contender::of).distinct().toList();
    }

    boolean is(SweepRow row) {
        return equals(of(row));
    }

    /** @param all that it has to be told from */
    String title(List<Contender> all) {
        var alone =
                all.stream().filter(other -> other.entrant().equals(entrant)).count() == 1;
        return alone ? entrant.title() : entrant.title() + ", rate × " + Prose.list(rateFactors);
    }

    /** The same, with how many of its runs failed. */
    String title(List<Contender> all, long failures) {
        return title(all) + (failures > 0 ? " (" + failures + " failed)" : "");
    }

    boolean isOurs() {
        return entrant.equals(Entrant.of(Method.SKIP));
    }

    Table.Emphasis emphasis() {
        return isOurs() ? Table.Emphasis.OURS : Table.Emphasis.NONE;
    }

    /** Whether figures were published of such settings on such data sets, where they were of the method. */
    boolean isAsPublished(List<SweepRow> rows) {
        return entrant.variant().isEmpty() && rows.stream().filter(this::is).allMatch(SweepRow::comparable);
    }
}
