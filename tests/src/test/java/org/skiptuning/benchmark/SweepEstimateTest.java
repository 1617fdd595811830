package org.skiptuning.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.skiptuning.ClassSubset;
import org.skiptuning.Method;
import org.skiptuning.Precision;
import org.skiptuning.SkipTuning;
import org.skiptuning.TrainingSettings;
import org.skiptuning.benchmark.job.DataReference;
import org.skiptuning.benchmark.job.ModelReference;
import org.skiptuning.benchmark.job.Surroundings;
import org.skiptuning.checkpoint.ClipConfiguration;
import org.skiptuning.speed.MethodCost;

/** What plans cost, against sums by hand. */
class SweepEstimateTest {
    private static final ClipConfiguration VIT_B_16 = ClipConfiguration.named("ViT-B-16-quickgelu");

    /** As published: 24 of the classes are the base half, 23 the new one. */
    private static final Map<String, SweepEstimate.Size> DTD = Map.of("dtd", new SweepEstimate.Size(47, 1692));

    private static SweepPlan plan(List<Long> seeds, List<Double> factors, String method) {
        return new SweepPlan(
                Protocol.BASE_TO_NEW,
                Protocol.BASE_TO_NEW.tasks(List.of(new DataReference.Published("dtd", Path.of("/data")))),
                List.of(SweepPlan.Entrant.of(Method.of(method))),
                List.of(16),
                seeds,
                factors,
                (entrant, dataSet, shots) -> recipe(method),
                new ModelReference(Path.of("."), Optional.empty(), ""),
                "",
                Map.of(),
                Set.of(),
                new Surroundings("cpu", Precision.FP32, 1, false, false));
    }

    private static TrainingSettings recipe(String method) {
        return SkipTuning.builder(Method.of(method))
                .shots(16)
                .classes(ClassSubset.BASE)
                .settings();
    }

    private static SweepEstimate estimate(SweepPlan plan) {
        return SweepEstimate.of(RemainingJobs.of(plan, Shard.ALL), VIT_B_16, DTD);
    }

    @Test
    void trainsTheBaseHalfAndMeasuresBoth() {
        var estimate = estimate(plan(List.of(1L, 2L), List.of(1.0), "skip"));
        var training = MethodCost.of(VIT_B_16, recipe("skip"), 24);
        // 864 test pictures are of the 24 classes, 828 of the 23; the untouched model sees them once more.
        var measurement = MethodCost.evaluationGigaflops(VIT_B_16, Optional.empty(), 864, 24)
                + MethodCost.evaluationGigaflops(VIT_B_16, Optional.empty(), 828, 23);
        assertThat(estimate.jobs()).isEqualTo(3);
        assertThat(estimate.steps()).isEqualTo(2 * 16 * 24 / 4 * 20);
        assertThat(estimate.pictures()).isEqualTo(2 * training.pictures() + 3 * (864 + 828));
        assertThat(estimate.gigaflops()).isCloseTo(2 * training.gigaflops() + 3 * measurement, within(1e-3));
    }

    /** A trial trains like a measurement, and looks at four validation pictures a class. */
    @Test
    void trialsCount() {
        var one = estimate(plan(List.of(1L), List.of(1.0), "skip"));
        var chosen = estimate(plan(List.of(1L), List.of(0.3, 1.0, 3.0), "skip"));
        assertThat(chosen.jobs()).isEqualTo(one.jobs() + 3);
        assertThat(chosen.gigaflops() - one.gigaflops())
                .isCloseTo(
                        3
                                * (MethodCost.of(VIT_B_16, recipe("skip"), 24).gigaflops()
                                        + MethodCost.evaluationGigaflops(VIT_B_16, Optional.empty(), 4 * 24, 24)),
                        within(1e-3));
    }

    /** CoCoOp has prompts of its own for each picture that it looks at, in a measurement, too. */
    @Test
    void promptsOfEachPictureCount() {
        var few = MethodCost.evaluationGigaflops(VIT_B_16, Optional.of(recipe("coop")), 100, 24);
        var many = MethodCost.evaluationGigaflops(VIT_B_16, Optional.of(recipe("cocoop")), 100, 24);
        // 2400 prompts of ten tokens are half as much as 100 pictures of 197 in a wider tower.
        assertThat(many / few).isBetween(1.4, 1.6);
    }

    /** A probe of the trained classes is not measured on others. */
    @Test
    void aProbeSeesItsOwnHalf() {
        var pictures = MethodCost.of(VIT_B_16, recipe("linear"), 24).pictures();
        assertThat(estimate(plan(List.of(1L), List.of(1.0), "linear")).pictures())
                .isEqualTo(pictures + 864 + (864 + 828));
    }

    private static SweepEstimate.Speed speed(double gigaflops, Precision precision, int cards) {
        return new SweepEstimate.Speed(gigaflops, precision, 4, cards);
    }

    /** A processor decodes and computes in turn; beside a card decoding counts where it is the slower of both. */
    @Test
    void timeFollowsTheMachine() {
        var estimate = new SweepEstimate(1, 10_000, 1000, 100);
        var decoding = 1000 * SweepEstimate.SECONDS_OF_A_PICTURE / 4;
        assertThat(estimate.seconds(speed(500, Precision.FP32, 0))).isCloseTo(40 + 0.1 + decoding, within(1e-9));
        assertThat(estimate.seconds(speed(500, Precision.BF16, 0))).isCloseTo(50 + 0.1 + decoding, within(1e-9));
        assertThat(estimate.seconds(speed(500, Precision.FP32, 1))).isCloseTo(40.1, within(1e-9));
        assertThat(estimate.seconds(speed(500, Precision.FP32, 4))).isCloseTo(40.1 / 4, within(1e-9));
        assertThat(estimate.seconds(speed(1e6, Precision.FP32, 1))).isCloseTo(decoding, within(1e-9));
    }

    /** Two whole runs of docs/performance.md: 80 pictures of 10 classes, measured on a Xeon at 280 s and an H200 at 9.1 s. */
    @Test
    void runsThatWereMeasuredTookAboutSoLong() {
        var xeon = run(10, 8).seconds(new SweepEstimate.Speed(519, Precision.FP32, 2, 0));
        assertThat(xeon).isBetween(280 / 1.5, 280 * 1.5);
        var h200 = run(50, 16).seconds(new SweepEstimate.Speed(494_000, Precision.BF16, 16, 1));
        assertThat(h200).isBetween(9.1 / 1.5, 9.1 * 1.5);
    }

    private static SweepEstimate run(int classes, int shots) {
        var cost = MethodCost.of(
                VIT_B_16, SkipTuning.builder().shots(shots).maxClasses(7).settings(), classes);
        return new SweepEstimate(1, cost.gigaflops(), cost.pictures(), cost.steps());
    }

    @Test
    void sizesHaveToBeKnown() {
        var jobs = RemainingJobs.of(plan(List.of(1L), List.of(1.0), "skip"), Shard.ALL);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SweepEstimate.of(jobs, VIT_B_16, Map.of()))
                .withMessage("the size of dtd is unknown");
    }
}
