package org.skiptuning.data.published;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.skiptuning.data.DataSet;
import org.skiptuning.data.Datasets;
import org.skiptuning.data.LabelledImage;
import org.skiptuning.data.TemplateSet;
import org.skiptuning.data.published.TinyDataSet.Item;

/** Each of the fifteen in its own layout. */
class PublishedDataSetsTest {
    @TempDir
    Path root;

    static Stream<TinyDataSet> all() {
        return TinyDataSets.all().stream();
    }

    static Stream<TinyDataSet> split() {
        return all().filter(TinyDataSet::hasSplit);
    }

    @Test
    void areThoseOfTheProtocolInTheOrderOfItsTables() {
        assertThat(Datasets.names()).isEqualTo(all().map(TinyDataSet::name).toList());
    }

    @ParameterizedTest
    @MethodSource("all")
    void openAsTheirFilesSay(TinyDataSet tiny) {
        var data = Datasets.open(tiny.write(root), tiny.name());
        assertThat(data.name()).isEqualTo(tiny.name());
        assertThat(data.classNames()).isEqualTo(tiny.classNames());
        assertThat(data.train()).isEqualTo(tiny.images(root, tiny.published().train()));
        assertThat(data.validation())
                .isEqualTo(tiny.images(root, tiny.published().validation()));
        assertThat(data.test()).isEqualTo(tiny.images(root, tiny.published().test()));
        assertThat(data.warnings()).hasSize(tiny.name().equals("imagenet") ? 1 : 0);
    }

    @ParameterizedTest
    @MethodSource("all")
    void areCutAtHalfTheirClassesRoundedUp(TinyDataSet tiny) {
        var data = Datasets.open(tiny.write(root), tiny.name());
        var base = (tiny.classNames().size() + 1) / 2;
        assertThat(data.base().classNames()).isEqualTo(tiny.classNames().subList(0, base));
        assertThat(data.unseen().classNames())
                .isEqualTo(tiny.classNames().subList(base, tiny.classNames().size()));
        var unseen = tiny.published().test().stream()
                .filter(item -> item.label() >= base)
                .map(item -> new Item(item.path(), item.label() - base))
                .toList();
        assertThat(data.unseen().test()).isEqualTo(tiny.images(root, unseen));
    }

    /** The last class's, of which the second half of the repairs can be seen. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "imagenet|a photo of a sunglasses.|a photo of a sunglasses.",
                "caltech101|a photo of a airplane.|itap of a airplane.",
                "oxford_pets|a photo of a egyptian mau, a type of pet.|a bad photo of a egyptian mau, a type of pet.",
                "stanford_cars|a photo of a 2012 Volvo C30 Hatchback.|a photo of the 2012 Volvo C30 Hatchback, a type of car.",
                "oxford_flowers|a photo of a canterbury bells, a type of flower.|a close-up photo of a canterbury bells.",
                "food101|a photo of baklava, a type of food.|a photo of the nice baklava.",
                "fgvc_aircraft|a photo of a Tu-154, a type of aircraft.|a bright photo of a Tu-154, a type of aircraft.",
                "sun397|a photo of a shop bakery.|a photo of a shop bakery.",
                "dtd|zigzagged texture.|itap of a zigzagged.",
                "eurosat|a centered satellite photo of Sea or Lake.|a centered satellite photo of Sea or Lake.",
                "ucf101|a photo of a person doing Yo Yo.|a photo of a Yo Yo, a type of sport.",
                "imagenetv2|a photo of a sunglasses.|a photo of a sunglasses.",
                "imagenet_sketch|a photo of a sunglasses.|a sketch of a sunglasses.",
                "imagenet_a|a photo of a sunglasses.|a bad photo of a sunglasses.",
                "imagenet_r|a photo of a sunglasses.|a rendition of a sunglasses.",
            })
    void haveThePromptsOfBothTemplateSets(String name, String coop, String skipTuning) {
        var data = Datasets.open(TinyDataSets.of(name).write(root), name);
        assertThat(TemplateSet.COOP.prompts(data))
                .hasSameSizeAs(data.classNames())
                .endsWith(coop);
        assertThat(TemplateSet.SKIP_TUNING.prompts(data)).endsWith(skipTuning);
    }

    /** All that {@code _} and order can do to a name: pets, actions and scenes keep theirs until the prompt. */
    @Test
    void underscoresBecomeSpacesInPromptsAlone() {
        var data = Datasets.open(TinyDataSets.of("sun397").write(root), "sun397");
        assertThat(data.classNames()).contains("outdoor apartment_building");
        assertThat(TemplateSet.COOP.prompts(data)).contains("a photo of a outdoor apartment building.");
    }

    @Test
    void classesOfOneNameAreTwo() {
        var data = Datasets.open(TinyDataSets.of("imagenet").write(root), "imagenet");
        assertThat(data.classNames())
                .containsExactly("tench", "missile", "parachute", "missile", "sunglasses", "sunglasses");
        for (var label = 0; label < 6; label++) {
            var each = label;
            assertThat(data.train().stream().filter(image -> image.label() == each))
                    .hasSize(5);
        }
        assertThat(data.fewShot(2, 1).train()).hasSize(12);
        assertThat(data.base().classNames()).containsExactly("tench", "missile", "parachute");
        assertThat(data.unseen().classNames()).containsExactly("missile", "sunglasses", "sunglasses");
        assertThat(data.unseen().test()).hasSize(6);
    }

    @Test
    void imageNetSaysThatItsSubsetsAreNotThePublishedOnes() {
        var data = Datasets.open(TinyDataSets.of("imagenet").write(root), "imagenet");
        assertThat(data.warnings()).singleElement().asString().contains("sorted names");
    }

    @ParameterizedTest
    @MethodSource("split")
    void splitsAreDrawnWhereThePublishedOneIsMissing(TinyDataSet tiny) {
        tiny.writeWithoutSplit(root);
        var file = PublishedDataSets.find(tiny.name()).orElseThrow().drawSplit(root, 1);
        assertThat(file)
                .isEqualTo(root.resolve(tiny.home()).resolve(tiny.splitFile().replace("zhou", "drawn")));
        var data = Datasets.open(root, tiny.name());
        assertThat(data.classNames()).isEqualTo(tiny.classNames());
        assertThat(data.warnings()).singleElement().asString().contains("split_drawn_");
        var own = !tiny.ownTest().isEmpty();
        for (var label = 0; label < tiny.classNames().size(); label++) {
            assertThat(count(data.train(), label)).isEqualTo(own ? 8 : 5);
            assertThat(count(data.validation(), label)).isEqualTo(2);
            assertThat(count(data.test(), label)).isEqualTo(3);
        }
        assertThat(everything(data))
                .containsExactlyInAnyOrderElementsOf(Stream.of(tiny.rest(), tiny.ownTest())
                        .flatMap(items -> tiny.images(root, items).stream())
                        .toList());
        if (own) {
            assertThat(data.test()).isEqualTo(tiny.images(root, tiny.ownTest()));
        }
    }

    private static List<LabelledImage> everything(DataSet data) {
        return Stream.of(data.train(), data.validation(), data.test())
                .flatMap(List::stream)
                .toList();
    }

    private static long count(List<LabelledImage> images, int label) {
        return images.stream().filter(image -> image.label() == label).count();
    }

    @Test
    void thePublishedSplitGoesBeforeADrawnOne() {
        var tiny = TinyDataSets.of("dtd");
        tiny.write(root);
        PublishedDataSets.find("dtd").orElseThrow().drawSplit(root, 1);
        var data = Datasets.open(root, "dtd");
        assertThat(data.train()).isEqualTo(tiny.images(root, tiny.published().train()));
        assertThat(data.warnings()).isEmpty();
    }

    @Test
    void allStandSideBySide() {
        TinyDataSets.all().forEach(tiny -> tiny.write(root));
        var opened = new HashSet<String>();
        for (var name : Datasets.names()) {
            opened.add(Datasets.open(root, name).name());
        }
        assertThat(opened).hasSize(15);
    }
}
