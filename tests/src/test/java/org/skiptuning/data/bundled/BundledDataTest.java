package org.skiptuning.data.bundled;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.skiptuning.CancelledException;
import org.skiptuning.DataSetException;
import org.skiptuning.Phase;
import org.skiptuning.ProgressListener;
import org.skiptuning.data.DataSet;
import org.skiptuning.data.LabelledImage;

/** The real archive: how many pictures there are, and that no part of a task sees another's. */
class BundledDataTest {
    private static final Path CACHE = Path.of("target", "bundled");
    private static final BundledRules RULES = BundledRules.load();
    private static BundledData data;

    @BeforeAll
    static void open() {
        data = BundledData.open(PictureArchive.locate(RULES.folder()), CACHE, ProgressListener.none());
    }

    private static Map<String, Long> countsByStyle() {
        return data.pictures().stream()
                .collect(Collectors.groupingBy(BundledPicture::style, TreeMap::new, Collectors.counting()));
    }

    @ParameterizedTest
    @CsvSource({
        "noto, 1682",
        "noto-v1, 1225",
        "twemoji, 1603",
        "fluent-emoji-flat, 1565",
        "fluent-emoji, 1566",
        "fluent-emoji-high-contrast, 1565",
        "openmoji, 2058",
        "emojione, 1116",
        "emojione-monotone, 1113",
        "emojione-v1, 1020",
        "streamline-emojis, 753",
        "fxemoji, 824",
    })
    void hasAboutAsManyPicturesAStyleAsTheFirstTrialCounted(String style, long expected) {
        assertThat(countsByStyle().get(style)).isBetween(Math.round(0.965 * expected), expected + 1);
    }

    @Test
    void namesTheSameThingAlikeAcrossStyles() {
        var styles = RULES.styles().stream().map(BundledRules.Style::name).collect(Collectors.toSet());
        var byName = data.pictures().stream()
                .filter(picture -> styles.contains(picture.style()))
                .collect(Collectors.groupingBy(
                        BundledPicture::name, Collectors.mapping(BundledPicture::style, Collectors.toSet())));
        assertThat(byName.size()).isBetween(2400, 2500);
        assertThat(byName.values().stream()
                        .filter(drawnBy -> drawnBy.size() > 1)
                        .count())
                .isBetween(1720L, 1790L);
    }

    @Test
    void trainsOnNoStyleOrThingThatIsTestedOrValidated() {
        var trained = data.trainingPictures();
        assertThat(trained)
                .extracting(BundledPicture::style)
                .isSubsetOf(
                        "noto",
                        "noto-v1",
                        "openmoji",
                        "fluent-emoji",
                        "fluent-emoji-flat",
                        "emojione",
                        "emojione-monotone",
                        "emojione-v1",
                        "fxemoji");
        assertThat(trained).hasSizeBetween(10_500, 11_000);
        var things = new HashSet<>(data.dataSet("things").classNames());
        assertThat(trained).extracting(BundledPicture::text).doesNotContainAnyElementsOf(things);
    }

    @Test
    void dropsTrainingPicturesThatCopyATestPicture() {
        assertThat(data.trainingPictures())
                .filteredOn(picture -> picture.style().equals("emojione-v1"))
                .extracting(BundledPicture::name)
                .noneMatch(name -> name.endsWith("-oclock"))
                .contains("wrench");
    }

    @ParameterizedTest
    @ValueSource(strings = {"glyphs", "food", "animals", "things"})
    void keepsTheStylesOfATasksPartsApart(String task) {
        var set = data.dataSet(task);
        var train = families(set.train());
        var validation = families(set.validation());
        var test = families(set.test());
        assertThat(train).isNotEmpty().doesNotContainAnyElementsOf(test).doesNotContainAnyElementsOf(validation);
        assertThat(validation).isNotEmpty().doesNotContainAnyElementsOf(test);
        assertThat(test).isNotEmpty();
        assertThat(labels(set.train())).hasSize(set.classNames().size());
        assertThat(labels(set.test())).hasSize(set.classNames().size());
    }

    private static Set<String> families(List<LabelledImage> images) {
        var families =
                RULES.styles().stream().collect(Collectors.toMap(BundledRules.Style::name, BundledRules.Style::family));
        return images.stream()
                .map(image -> image.path().getParent().getFileName().toString())
                .map(style -> families.getOrDefault(style, style))
                .collect(Collectors.toSet());
    }

    private static Set<Integer> labels(List<LabelledImage> images) {
        return images.stream().map(LabelledImage::label).collect(Collectors.toSet());
    }

    @Test
    void givesTheDemoHundredsOfTestPicturesAndEightShots() {
        var glyphs = data.dataSet("glyphs");
        assertThat(glyphs.classNames()).hasSizeBetween(90, 130);
        assertThat(glyphs.test().size()).isGreaterThan(700);
        assertThat(glyphs.base().test().size()).isGreaterThan(350);
        assertThat(glyphs.unseen().test().size()).isGreaterThan(350);
        assertThat(glyphs.fewShot(8, 1).warnings()).isEmpty();
    }

    @Test
    void asksForTwoHundredNamesOfAnUnseenStyle() {
        var few = data.dataSet("twemoji-200");
        var all = data.dataSet("twemoji-all");
        assertThat(few.classNames()).hasSize(200).doesNotHaveDuplicates();
        assertThat(all.classNames()).hasSizeBetween(1390, 1460).containsAll(few.classNames());
        var trained = data.trainingPictures().stream().map(BundledPicture::text).collect(Collectors.toSet());
        assertThat(trained).containsAll(all.classNames());
        assertThat(data.dataSet("twemoji-200").classNames()).isEqualTo(few.classNames());
    }

    @Test
    void writesPicturesThatShowWhatTheNameSays() throws IOException {
        var heart = picture(data.dataSet("twemoji-all"), "blue heart");
        var centre = heart.getRGB(heart.getWidth() / 2, heart.getHeight() / 2);
        assertThat(centre & 255).as("blue").isGreaterThan(200);
        assertThat(centre >> 16 & 255).as("red").isLessThan(120);
        assertThat(heart.getRGB(0, 0)).as("corner").isEqualTo(0xffffffff);
        assertThat(heart.getWidth()).isEqualTo(RULES.pictureSize());
    }

    /** Sixteen blocks' mean colours of drawings with flat shapes, gradients, strokes, masks and another size. */
    @ParameterizedTest
    @CsvFileSource(resources = "/golden/bundled/blocks.csv")
    void drawsWhatItDrewBefore(String style, String icon, String blocks) {
        var drawn = data.pictures().stream()
                .filter(picture ->
                        picture.style().equals(style) && picture.icon().equals(icon))
                .findFirst()
                .orElseThrow();
        var expected =
                Arrays.stream(blocks.split(" ")).mapToInt(Integer::parseInt).toArray();
        var actual = blockMeans(data.rgb(drawn), data.pictureSize());
        for (var i = 0; i < expected.length; i++) {
            assertThat(actual[i]).as("block %d, channel %d", i / 3, i % 3).isCloseTo(expected[i], within(2));
        }
    }

    static int[] blockMeans(byte[] rgb, int size) {
        var sums = new long[4 * 4 * 3];
        for (var i = 0; i < rgb.length; i++) {
            var pixel = i / 3;
            var block = pixel / size * 4 / size * 4 + pixel % size * 4 / size;
            sums[3 * block + i % 3] += rgb[i] & 255;
        }
        return Arrays.stream(sums)
                .mapToInt(sum -> (int) (sum * 16 / (size * size)))
                .toArray();
    }

    private static BufferedImage picture(DataSet set, String name) throws IOException {
        var label = set.classNames().indexOf(name);
        var image = set.test().stream()
                .filter(labelled -> labelled.label() == label)
                .findFirst()
                .orElseThrow();
        return ImageIO.read(image.path().toFile());
    }

    @Test
    void givesTheSamePicturesWithAndWithoutFiles() {
        var pictures = data.testPictures("twemoji-200");
        var set = data.dataSet("twemoji-200");
        assertThat(pictures).extracting(BundledPicture::style).containsOnly("twemoji");
        assertThat(pictures.stream().map(BundledPicture::text).distinct().toList())
                .containsExactlyInAnyOrderElementsOf(set.classNames());
        assertThat(pictures).hasSameSizeAs(set.test());
    }

    @Test
    void validatesOnAStyleThatIsNeitherTrainedNorTested() {
        assertThat(data.validationPictures())
                .hasSizeBetween(600, 753)
                .extracting(BundledPicture::style)
                .containsOnly("streamline-emojis");
    }

    @Test
    void namesWhoMadeEachStyle() {
        assertThat(data.styles().get("noto"))
                .isEqualTo(new StyleInfo("noto", "Noto Emoji", "Apache-2.0", "Google Inc"));
        assertThat(data.styles().keySet()).containsAll(countsByStyle().keySet());
        assertThat(data.styles().values()).allSatisfy(style -> {
            assertThat(style.licence())
                    .doesNotContain("NC")
                    .doesNotStartWith("GPL")
                    .isNotEqualTo("unknown");
            assertThat(style.author()).isNotEqualTo("unknown");
        });
    }

    @Test
    void drawsOnlyOnce() {
        var drawn = new AtomicLong();
        BundledData.open(PictureArchive.locate(RULES.folder()), CACHE, (phase, done, total) -> drawn.incrementAndGet());
        assertThat(drawn).hasValue(0);
    }

    @Test
    void stopsDrawingWhenInterruptedAndLeavesNothing(@TempDir Path folder) throws IOException {
        var abandoned =
                Files.createDirectories(folder.resolve("pictures-0.part-1").resolve("inside"));
        Files.setLastModifiedTime(
                abandoned.getParent(), FileTime.from(Instant.now().minus(Duration.ofDays(2))));
        var archive = PictureArchive.locate(RULES.folder());
        assertThatThrownBy(() -> BundledData.open(archive, folder, (phase, done, total) -> {
                    assertThat(phase).isEqualTo(Phase.DRAW);
                    Thread.currentThread().interrupt();
                }))
                .isInstanceOf(CancelledException.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void saysWhatIsMissing(@TempDir Path folder) throws IOException {
        var absent = folder.resolve("absent.jar");
        assertThatThrownBy(() -> BundledData.open(absent, folder, ProgressListener.none()))
                .isInstanceOf(DataSetException.class)
                .hasMessageContaining(absent.toString());
        var broken = Files.writeString(folder.resolve("broken.jar"), "no jar");
        assertThatThrownBy(() -> BundledData.open(broken, folder, ProgressListener.none()))
                .isInstanceOf(DataSetException.class)
                .hasMessageContaining("broken.jar");
        assertThatThrownBy(() -> data.dataSet("cars"))
                .isInstanceOf(DataSetException.class)
                .hasMessageContaining("glyphs");
    }
}
