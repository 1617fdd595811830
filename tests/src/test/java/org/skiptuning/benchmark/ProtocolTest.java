package org.skiptuning.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.skiptuning.ClassSubset;
import org.skiptuning.Method;
import org.skiptuning.SkipTuning;
import org.skiptuning.benchmark.job.DataReference;
import org.skiptuning.benchmark.job.Target;
import org.skiptuning.benchmark.report.PublishedFigures;

class ProtocolTest {
    private static DataReference published(String name) {
        return new DataReference.Published(name, Path.of("/data"));
    }

    @Test
    void baseToNewMeasuresBothHalvesOfEachDataSet() {
        var tasks = Protocol.BASE_TO_NEW.tasks(List.of(published("dtd"), published("eurosat")));
        assertThat(tasks).hasSize(2);
        assertThat(tasks.get(1).trained()).isEqualTo(ClassSubset.BASE);
        assertThat(tasks.get(1).targets())
                .containsExactly(
                        Target.test("base", published("eurosat"), ClassSubset.BASE),
                        Target.test("new", published("eurosat"), ClassSubset.NEW));
        assertThat(tasks.get(1).validation().part()).isEqualTo(Target.Part.VALIDATION);
    }

    @Test
    void othersAreMeasuredByWhatWasTrainedOnTheFirst() {
        var tasks = Protocol.DOMAIN.tasks(List.of(published("imagenet"), published("imagenet_a")));
        assertThat(tasks).singleElement().satisfies(task -> {
            assertThat(task.training()).isEqualTo(published("imagenet"));
            assertThat(task.targets().stream().map(Target::name)).containsExactly("imagenet", "imagenet_a");
        });
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Protocol.CROSS_DATASET.tasks(List.of(published("imagenet"))))
                .withMessageContaining("name two at least");
    }

    @Test
    void namesAreThoseOfTheCommandLine() {
        assertThat(Protocol.names()).containsExactly("base-to-new", "cross-dataset", "domain", "few-shot");
        assertThat(Protocol.of("few-shot")).isEqualTo(Protocol.FEW_SHOT);
        assertThatIllegalArgumentException().isThrownBy(() -> Protocol.of("few"));
    }

    /** Every place is in one part, and parts differ by one at most. */
    @Test
    void partsMakeTheWhole() {
        var all = IntStream.range(0, 23).boxed().toList();
        var parts = IntStream.rangeClosed(1, 4)
                .mapToObj(number -> new Shard(number, 4).of(all))
                .toList();
        assertThat(parts.stream().flatMap(List::stream)).containsExactlyInAnyOrderElementsOf(all);
        assertThat(parts).allMatch(part -> part.size() == 5 || part.size() == 6);
        assertThatIllegalArgumentException().isThrownBy(() -> new Shard(5, 4));
    }

    /** The paper's grids, and what they leave alone. */
    @Test
    void studiesVaryOneThing() {
        var settings = SkipTuning.builder().settings();
        assertThat(Study.of("start-layer").entrants().stream()
                        .map(entrant -> Study.of("start-layer").varied(settings, entrant.variant()))
                        .map(varied -> varied.textStartLayer().value()))
                .containsExactly(2.0, 4.0, 6.0, 8.0, 10.0);
        assertThat(Study.of("lambda").entrants()).hasSize(7);
        assertThat(Study.of("top-ratio").entrants()).hasSize(6);
        var neither = Study.of("parts").varied(settings, "neither");
        assertThat(neither.topRatio()).isEqualTo(1);
        assertThat(neither.imageStartLayer().value()).isZero();
        assertThat(neither.learningRate()).isEqualTo(settings.learningRate());
    }

    /** Averages of the paper are those of its rows. */
    @Test
    void publishedFiguresHoldTogether() {
        var eleven = UsualSweep.of(Protocol.BASE_TO_NEW).published();
        assertThat(eleven).hasSize(11);
        for (var method : List.of("zero-shot", "coop", "maple", "promptsrc", "tcp", "dept", "skip")) {
            var average = PublishedFigures.averageOfHalves(method).orElseThrow();
            assertThat(eleven.stream()
                            .mapToDouble(name -> PublishedFigures.halves(name, method)
                                    .orElseThrow()
                                    .unseen())
                            .average()
                            .orElseThrow())
                    .isCloseTo(average.unseen(), within(0.06));
        }
        var skip = PublishedFigures.transferred(Protocol.CROSS_DATASET, Method.SKIP.toString());
        assertThat(skip).hasSize(11).containsEntry("eurosat", 54.27);
        assertThat(skip.entrySet().stream()
                        .filter(entry -> !entry.getKey().equals("imagenet"))
                        .mapToDouble(java.util.Map.Entry::getValue)
                        .average()
                        .orElseThrow())
                .isCloseTo(
                        PublishedFigures.averageTransferred(Protocol.CROSS_DATASET, "skip")
                                .orElseThrow(),
                        within(0.01));
        assertThat(PublishedFigures.fewShot("dtd", 4, "skip")).hasValue(65.7);
        assertThat(PublishedFigures.zeroShot("imagenet_r")).hasValue(73.96);
    }
}
