package org.skiptuning.benchmark.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.skiptuning.Method;
import org.skiptuning.benchmark.Protocol;
import org.skiptuning.benchmark.SweepPlan.Entrant;
import org.skiptuning.benchmark.SweepResults;
import org.skiptuning.benchmark.SweepRow;
import org.skiptuning.benchmark.job.JobOutcome;
import org.skiptuning.benchmark.job.MeasuredOn;

/** Tables of made-up results, line by line, against figures reckoned by hand. */
class SweepReportTest {
    @TempDir
    private Path folder;

    private static final JobOutcome FAILED = JobOutcome.failed("too little memory", false);

    private static JobOutcome outcome(double seconds, Object... accuracies) {
        var byTarget = new TreeMap<String, Double>();
        for (var index = 0; index < accuracies.length; index += 2) {
            byTarget.put((String) accuracies[index], ((Number) accuracies[index + 1]).doubleValue());
        }
        return new JobOutcome(
                Optional.empty(),
                false,
                byTarget,
                seconds,
                100,
                3L << 30,
                200L << 20,
                Optional.of(50L << 20),
                1234,
                Optional.of(new MeasuredOn("2026-01-02", "A processor", "cpu", 2)),
                List.of("Class a has fewer pictures than shots"));
    }

    private static JobOutcome halves(double base, double unseen, double seconds) {
        return outcome(seconds, Protocol.BASE, base, Protocol.NEW, unseen);
    }

    private static SweepRow row(
            String task, String method, int shots, List<Double> factors, boolean comparable, JobOutcome... outcomes) {
        var bySeed = new TreeMap<Long, JobOutcome>();
        for (var outcome : outcomes) {
            bySeed.put(bySeed.size() + 1L, outcome);
        }
        return new SweepRow(
                task,
                Entrant.of(Method.of(method)),
                shots,
                factors,
                factors.getFirst(),
                Optional.empty(),
                bySeed,
                comparable);
    }

    private static SweepReport report(Protocol protocol, Map<String, JobOutcome> zeroShot, List<SweepRow> rows) {
        return new SweepReport("A sweep", List.of(), new SweepResults(protocol, zeroShot, rows));
    }

    private static final List<Double> ONE = List.of(1.0);

    /** The mean of means, the harmonic mean of those, each seed's own for the deviation, published H beside. */
    @Test
    void baseToNew() {
        var zeroShot = new LinkedHashMap<String, JobOutcome>();
        zeroShot.put("dtd", halves(50, 60, 1));
        zeroShot.put("eurosat", halves(60, 70, 1));
        var text = report(
                        Protocol.BASE_TO_NEW,
                        zeroShot,
                        List.of(
                                row("dtd", "skip", 16, ONE, true, halves(60, 40, 10), halves(80, 60, 20)),
                                row("eurosat", "skip", 16, ONE, true, halves(90, 70, 30), FAILED),
                                row("dtd", "coop", 16, ONE, true, halves(70, 30, 40), halves(70, 30, 40))))
                .text();
        assertThat(text)
                .contains("## Average over 2 data sets, 16 shots")
                // (70 + 90) / 2, (50 + 70) / 2, 2 · 80 · 60 / 140; (15 + 30) / 2 seconds.
                .contains("| zero-shot | 55.00 | 65.00 | 59.58 | – |")
                .contains("| Skip Tuning (1 failed) | 80.00 | 60.00 | 68.57 | 22.5 |")
                .doesNotContain("| CoOp | 70.00 | 30.00 | 42.00 | 40.0 |")
                // H of 70 and 50, deviation of 48 and 68.571; published for DTD: 82.63 and 66.87.
                .containsPattern(
                        "\\| Skip Tuning \\| 70.00 ± 14.14 \\| 50.00 ± 14.14 \\| 58.33 ± 14.55 \\| 74.59 \\| -16.26 \\| 1 \\| 15.0 \\|")
                .contains("| Skip Tuning (1 failed) | 90.00 | 70.00 | 78.75 |")
                .contains("| eurosat | Skip Tuning | 16 | 2 | too little memory |")
                .contains("What is called published is of OpenAI's ViT-B/16");
    }

    /** Figures of a user's folder of the same name, or of another split, are compared with nobody's. */
    @Test
    void othersAreNotCompared() {
        var rows = List.of(row("dtd", "skip", 16, ONE, false, halves(60, 40, 10)));
        var text = report(Protocol.BASE_TO_NEW, Map.of(), rows).text();
        assertThat(text).contains("| Skip Tuning | 60.00 | 40.00 | 48.00 |").doesNotContainIgnoringCase("published");
    }

    @Test
    void fewShot() {
        var zeroShot = Map.of("dtd", outcome(1, "dtd", 40), "pets", outcome(1, "pets", 80));
        var text = report(
                        Protocol.FEW_SHOT,
                        zeroShot,
                        List.of(
                                row("dtd", "skip", 1, ONE, true, outcome(10, "dtd", 50), outcome(20, "dtd", 52)),
                                row("dtd", "skip", 4, ONE, true, outcome(30, "dtd", 60), FAILED),
                                row("pets", "skip", 1, ONE, false, outcome(10, "pets", 90), outcome(10, "pets", 90)),
                                row("pets", "skip", 4, ONE, false, outcome(10, "pets", 94), outcome(10, "pets", 96))))
                .text();
        assertThat(text)
                .contains("| method | 1 shot | 4 shots |")
                .contains("| zero-shot | 60.00 | 60.00 |")
                // (51 + 90) / 2 and (60 + 95) / 2.
                .contains("| Skip Tuning (1 failed) | 70.50 | 77.50 |")
                .contains("| Skip Tuning (1 failed) | 51.00 ± 1.41 | 60.00 |")
                .contains("| Skip Tuning, published | ")
                .contains("| Skip Tuning | 90.00 ± 0.00 | 95.00 ± 1.41 |")
                .contains("| method, 1 shot | ms a step, all in | seconds a run |")
                // 100 steps each: (10 + 20) / 2 and 10.
                .contains("| Skip Tuning | 125.0 | 12.5 | 3.00 GiB | 200 MiB | 50 MiB | 1,234 |");
    }

    /** What was tried with other rates has a line, and a point, of its own. */
    @Test
    void transferWithTwoListsOfRates() throws Exception {
        var zeroShot = Map.of("imagenet", outcome(1, "imagenet", 66, "dtd", 44, "eurosat", 48));
        var report = report(
                Protocol.CROSS_DATASET,
                zeroShot,
                List.of(
                        row("imagenet", "coop", 16, ONE, true, outcome(10, "imagenet", 70, "dtd", 40, "eurosat", 50)),
                        row(
                                "imagenet",
                                "coop",
                                16,
                                List.of(0.3, 1.0),
                                true,
                                outcome(20, "imagenet", 72, "dtd", 42, "eurosat", 46))));
        assertThat(report.text())
                .contains("| method | imagenet | dtd | eurosat | average |")
                .contains("| zero-shot | 66.00 | 44.00 | 48.00 | 46.00 |")
                .contains("| zero-shot, published | ")
                .contains("| CoOp, rate × 1 | 70.00 | 40.00 | 50.00 | 45.00 |")
                .contains("| CoOp, rate × 0.3 and 1 | 72.00 | 42.00 | 46.00 | 44.00 |");
        report.write(folder);
        assertThat(folder.resolve("time-imagenet-16-shots.png")).isNotEmptyFile();
        assertThat(folder.resolve("report.html")).content().contains("CoOp, rate × 0.3 and 1");
    }

    /** Means of costs are over the same data sets for all, and of one length of runs. */
    @Test
    void costsAreOfTheSameWork() {
        var rows = new ArrayList<SweepRow>();
        rows.add(row("a", "skip", 4, ONE, false, halves(60, 40, 10)));
        rows.add(row("b", "skip", 4, ONE, false, halves(60, 40, 90)));
        rows.add(row("a", "coop", 4, ONE, false, halves(60, 40, 20)));
        rows.add(row("b", "coop", 4, ONE, false, FAILED));
        assertThat(report(Protocol.BASE_TO_NEW, Map.of(), rows).text())
                .contains("At 4 shots over those that every method finished: a.")
                .contains("| Skip Tuning | 100.0 | 10.0 |")
                .contains("| CoOp | 200.0 | 20.0 |");
    }

    /** Methods that finished no data set in common have no cost to compare, and that is said. */
    @Test
    void nothingInCommonIsTold() {
        var rows = List.of(
                row("a", "skip", 4, ONE, false, halves(60, 40, 10)),
                row("b", "coop", 4, ONE, false, halves(60, 40, 90)));
        assertThat(report(Protocol.BASE_TO_NEW, Map.of(), rows).text())
                .contains("At 4 shots no data set was finished by every method, so that nothing compares.");
    }

    /** A shard's report may lack the untouched model: then there is no line of it, and no figure in its place. */
    @Test
    void withoutTheUntouchedModel() throws Exception {
        var rows = List.of(row("my pets", "skip", 4, ONE, false, halves(60, 40, 10)));
        var report = report(Protocol.BASE_TO_NEW, Map.of(), rows);
        report.write(folder);
        assertThat(report.markdown())
                .doesNotContain("zero-shot")
                .contains("![H against time](time-my-pets-4-shots.png)");
        assertThat(folder.resolve("time-my-pets-4-shots.png")).isNotEmptyFile();
    }

    /** Once, however many runs say so. */
    @Test
    void tellsWhatRunsWarnedOf() {
        var rows = List.of(row("a", "skip", 4, ONE, false, halves(60, 40, 10), halves(60, 40, 10)));
        assertThat(report(Protocol.BASE_TO_NEW, Map.of(), rows).text())
                .containsOnlyOnce("- a, Skip Tuning: Class a has fewer pictures than shots");
    }

    @Test
    void tellsOnWhatItWasMeasured() {
        var results = new SweepResults(
                Protocol.BASE_TO_NEW, Map.of(), List.of(row("a", "skip", 4, ONE, false, halves(60, 40, 10), FAILED)));
        assertThat(results.measuredOn()).containsExactly(new MeasuredOn("2026-01-02", "A processor", "cpu", 2));
        assertThat(SweepTable.csv(results)).contains(",2026-01-02,A processor,cpu,2,");
        assertThat(SweepTable.jsonText(results)).contains("\"measured_on\" : null");
    }

    /** Numbers are those of programs and papers whatever the user's language. */
    @Test
    void numbersHaveNoLocale() {
        var before = Locale.getDefault();
        var rows = List.of(row("a", "skip", 4, ONE, false, halves(60, 40, 1000.5)));
        var expected = report(Protocol.BASE_TO_NEW, Map.of(), rows);
        var text = expected.text() + SweepTable.csv(expected.results());
        try {
            Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
            assertThat(expected.text() + SweepTable.csv(expected.results())).isEqualTo(text);
        } finally {
            Locale.setDefault(before);
        }
    }
}
