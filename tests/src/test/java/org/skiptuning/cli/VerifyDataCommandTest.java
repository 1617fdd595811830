package org.skiptuning.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.skiptuning.data.Datasets;
import org.skiptuning.data.published.TinyDataSet;
import org.skiptuning.data.published.TinyDataSets;
import tools.jackson.databind.JsonNode;

class VerifyDataCommandTest {
    @TempDir
    Path root;

    private CommandRun run(String... more) {
        return CommandRun.of(Stream.concat(Stream.of("verify-data", root.toString()), Stream.of(more))
                .toArray(String[]::new));
    }

    private static JsonNode only(CommandRun run) {
        var sets = Json.read(run.out()).path("data_sets");
        assertThat(sets.size()).isEqualTo(1);
        return sets.get(0);
    }

    @Test
    void anEmptyRootHoldsNothing() {
        var run = run();
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.errorLines())
                .singleElement()
                .asString()
                .contains("no data set is in " + root)
                .contains("name the folder");
        assertThat(run.out().lines().filter(line -> line.contains(" absent "))).hasSize(2 * 15);
        assertThat(run.out())
                .contains("OxfordPets is absent and goes into " + root.resolve("oxford_pets"))
                .contains("→ images.tar.gz and annotations.tar.gz")
                .contains("→ split_zhou_OxfordPets.json from the data page of CoOp");
    }

    @Test
    void whatIsAbsentIsAFailureOnlyWhereItIsAskedFor() {
        wholeTextures();
        var all = run("--quick", "--json", "-");
        assertThat(all.status()).isZero();
        assertThat(all.err()).isEmpty();
        assertThat(Json.read(all.out()).path("data_sets").size()).isEqualTo(15);
        var named = run("--quick", "--dataset", "dtd", "--dataset", "oxford_pets", "-q");
        assertThat(named.status()).isEqualTo(1);
        assertThat(named.out()).isEmpty();
        assertThat(named.errorLines()).singleElement().asString().contains("OxfordPets is absent: fetch");
    }

    @Test
    void aGoodOneIsSaidToBe() {
        wholeTextures();
        var run = run("--quick", "--dataset", "dtd");
        assertThat(run.status()).isZero();
        assertThat(run.out().lines().skip(1).findFirst().orElseThrow().split(" +"))
                .containsExactly("DTD", "good", "47", "2,820", "1,128", "1,692");
    }

    /** As many as there are, and a split as if it were the published one. */
    private void wholeTextures() {
        for (int label = 0; label < 47; label++) {
            for (int i = 1; i <= 120; i++) {
                TinyDataSet.picture(root.resolve("dtd/images/t%02d/%04d.jpg".formatted(label, i)));
            }
        }
        assertThat(run("--dataset", "dtd", "--make-splits", "--quick").status()).isZero();
    }

    @Test
    void aHalfPresentOneNamesItsFirstMissingFiles() throws IOException {
        Files.createDirectories(root.resolve("oxford_pets/images"));
        var run = run("--dataset", "oxford_pets");
        assertThat(run.status()).isEqualTo(1);
        String split = root.resolve("oxford_pets/split_zhou_OxfordPets.json").toString();
        assertThat(run.out())
                .contains("✗ OxfordPets is incomplete in " + root.resolve("oxford_pets"))
                .contains(split + " is missing")
                .contains(
                        "note: where its split file cannot be had, --make-splits draws one from annotations/trainval.txt");
        assertThat(run.errorLines())
                .containsExactly("skip-tuning verify-data: OxfordPets is incomplete: fetch what is missing or broken");
        var json = only(run("--dataset", "oxford_pets", "--json", "-"));
        assertThat(json.path("status").asString()).isEqualTo("incomplete");
        assertThat(json.path("missing").get(0).asString()).isEqualTo(split);
        assertThat(json.get("found").isNull()).isTrue();
        assertThat(json.path("published").toString())
                .isEqualTo("{\"classes\":37,\"train\":2944,\"val\":736,\"test\":3669}");
        assertThat(json.path("fetch").size()).isEqualTo(2);
    }

    @Test
    void otherCountsAndUnreadablePicturesAreFaults() throws IOException {
        var tiny = TinyDataSets.of("fgvc_aircraft");
        tiny.write(root);
        Path broken =
                tiny.folder(root).resolve(tiny.published().train().getFirst().path());
        Files.writeString(broken, "no picture");
        var json = only(run("--dataset", "fgvc_aircraft", "--json", "-"));
        assertThat(json.path("status").asString()).isEqualTo("faulty");
        assertThat(json.path("found").path("train").asInt()).isEqualTo(40);
        assertThat(json.path("problems").toString())
                .contains("classes: 4 where 100 are published")
                .contains("training pictures: 40 where 3,334 are published")
                .contains(broken.toString());
        assertThat(json.path("unreadable").get(0).path("image").asString()).isEqualTo(broken.toString());
        var quick = only(run("--dataset", "fgvc_aircraft", "--quick", "--json", "-"));
        assertThat(quick.path("unreadable").isEmpty()).isTrue();
    }

    /** Every annotation form, by the command; what is drawn opens, and a second run leaves it alone. */
    @Test
    void splitsAreDrawnWhereTheyAreMissing() throws IOException {
        for (var tiny : TinyDataSets.all()) {
            tiny.writeWithoutSplit(root);
        }
        var run = run("--make-splits", "--seed", "5", "--quick");
        assertThat(run.err().lines().filter(line -> line.startsWith("note: drew ") && line.endsWith(" by seed 5")))
                .hasSize(9);
        for (var tiny : TinyDataSets.all()) {
            assertThat(Datasets.open(root, tiny.name()).classNames()).isEqualTo(tiny.classNames());
        }
        Path drawn = root.resolve("dtd/split_drawn_DescribableTextures.json");
        String before = Files.readString(drawn);
        assertThat(run("--make-splits", "--seed", "6", "--quick").err()).doesNotContain("drew");
        assertThat(Files.readString(drawn)).isEqualTo(before);
    }

    @Test
    void aSplitThatCannotBeDrawnIsSaidSo() throws IOException {
        Files.createDirectories(root.resolve("ucf101/UCF-101-midframes"));
        var run = run("--make-splits", "--dataset", "ucf101");
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).contains("note: A split of UCF101 is drawn from").contains("classInd.txt is missing");
    }
}
