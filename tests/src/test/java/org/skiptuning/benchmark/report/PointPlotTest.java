package org.skiptuning.benchmark.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.skiptuning.Method;
import org.skiptuning.benchmark.Protocol;
import org.skiptuning.benchmark.SweepPlan.Entrant;
import org.skiptuning.benchmark.SweepRow;
import org.skiptuning.benchmark.job.JobOutcome;

class PointPlotTest {
    private static final int OURS = 0xff0b7a75;

    private static SweepRow row(String method, Map<String, Double> accuracies) {
        var outcome = accuracies.isEmpty()
                ? JobOutcome.failed("too little memory", false)
                : new JobOutcome(
                        Optional.empty(),
                        false,
                        new TreeMap<>(accuracies),
                        1,
                        1,
                        1,
                        1,
                        Optional.empty(),
                        1,
                        Optional.empty(),
                        List.of());
        return new SweepRow(
                "tiny",
                Entrant.of(Method.of(method)),
                4,
                List.of(1.0),
                1,
                Optional.empty(),
                new TreeMap<>(Map.of(1L, outcome)),
                false);
    }

    @Test
    void whoIsMissingIsSaidBelow() {
        var rows = List.of(
                row("skip", Map.of(Protocol.BASE, 50.0, Protocol.NEW, 50.0)),
                row("linear", Map.of(Protocol.BASE, 50.0)),
                row("coop", Map.of()));
        assertThat(BaseToNewSections.caption(rows))
                .isEqualTo("Trained classes only, so no H and no point: Linear probe. Failed: CoOp.");
    }

    private static int ours(byte[] png) throws IOException {
        var image = ImageIO.read(new ByteArrayInputStream(png));
        var ours = 0;
        for (var x = 0; x < image.getWidth(); x++) {
            for (var y = 0; y < image.getHeight(); y++) {
                ours += image.getRGB(x, y) == OURS ? 1 : 0;
            }
        }
        return ours;
    }

    @Test
    void skipTuningStandsOutEvenAlone() throws IOException {
        var point = new PointPlot.Point("Skip Tuning", 12.3, 51.43, true);
        assertThat(ours(PointPlot.png(
                        List.of(point), OptionalDouble.of(51.43), new PointPlot.Titles("Plot", "H", "seconds", ""))))
                .isGreaterThan(80);
        assertThat(ours(LinePlot.png(
                        Map.of("Skip Tuning", Map.of(1, 30.0, 16, 60.0), "CoOp", Map.of(1, 29.0, 16, 41.0)),
                        "Skip Tuning",
                        OptionalDouble.of(28),
                        "Accuracy",
                        "shots")))
                .isGreaterThan(800);
    }

    /** Nothing has an H: axes, the zero-shot line, and why. */
    @Test
    void aPlotWithoutPointsIsOne() throws IOException {
        assertThat(ours(PointPlot.png(
                        List.of(), OptionalDouble.of(34.21), new PointPlot.Titles("Plot", "H", "MiB", "Failed: all."))))
                .isZero();
        assertThat(ours(LinePlot.png(
                        Map.of("CoOp", Map.of()), "Skip Tuning", OptionalDouble.empty(), "Accuracy", "shots")))
                .isZero();
    }

    /** An exponential is a straight line where values go by their logarithm, and what is 0 is left out. */
    @Test
    void curvesMayGoByLogarithms() throws IOException {
        var curve = new TreeMap<>(Map.of(1, 1.0, 2, 0.1, 3, 0.01, 4, 0.0));
        var steep = CurvePlot.png(Map.of("measured", curve), CurvePlot.Scale.LOGARITHMIC, "Plot", "rank", "size");
        var linear = CurvePlot.png(Map.of("measured", curve), CurvePlot.Scale.LINEAR, "Plot", "rank", "size");
        // Half way between the first two ranks the line has half the logarithm's way, far above the bottom.
        assertThat(height(steep, 1.5)).isBetween(0.6, 0.9);
        assertThat(height(steep, 2.5)).isCloseTo(height(steep, 1.5) - 0.5, within(0.03));
        assertThat(height(linear, 2.5)).isBetween(0.0, 0.1);
    }

    /** Where our colour is across the frame, as a share of its height. */
    private static double height(byte[] png, double rank) throws IOException {
        var image = ImageIO.read(new ByteArrayInputStream(png));
        var x = (int) Math.round(76 + 12 + (rank - 1) / 3 * (650 - 24));
        for (var y = 56; y < 56 + 390; y++) {
            if (image.getRGB(x, y) == OURS) {
                return (56 + 390 - y) / 390.0;
            }
        }
        throw new AssertionError("there is no line at rank " + rank);
    }
}
