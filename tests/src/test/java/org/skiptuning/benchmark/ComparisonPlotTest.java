package org.skiptuning.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.skiptuning.Method;

class ComparisonPlotTest {
    private static final int OURS = 0xff1d5fd6;

    private static Comparison.Row row(String method, Optional<Double> h, double seconds) {
        var outcome = new RunOutcome(
                1,
                Optional.empty(),
                false,
                Optional.empty(),
                Optional.of(50.0),
                h,
                seconds,
                1,
                1,
                1,
                Optional.empty(),
                1);
        return new Comparison.Row(Method.of(method), 4, List.of(1.0), 1, Optional.empty(), List.of(outcome));
    }

    @Test
    void whoIsMissingIsSaidBelow() {
        var rows = List.of(
                row("skip", Optional.of(50.0), 1),
                row("linear", Optional.empty(), 1),
                row("coop", Optional.empty(), 1));
        assertThat(ComparisonPlot.caption(rows))
                .isEqualTo("Trained classes only, so no H and no point: Linear probe. Failed: CoOp.");
    }

    @Test
    void skipTuningStandsOutEvenAlone() throws IOException {
        var png = ComparisonPlot.ofTime(List.of(row("skip", Optional.of(51.43), 12.3)), 4, 51.43);
        var image = ImageIO.read(new ByteArrayInputStream(png));
        var ours = 0;
        for (var x = 0; x < image.getWidth(); x++) {
            for (var y = 0; y < image.getHeight(); y++) {
                ours += image.getRGB(x, y) == OURS ? 1 : 0;
            }
        }
        assertThat(ours).isGreaterThan(80);
    }

    /** Nothing has an H: axes, the zero-shot line, and why. */
    @Test
    void aPlotWithoutPointsIsOne() throws IOException {
        var png = ComparisonPlot.ofMemory(List.of(row("linear", Optional.empty(), 1)), 1, 34.21);
        assertThat(ImageIO.read(new ByteArrayInputStream(png))).isNotNull();
    }
}
