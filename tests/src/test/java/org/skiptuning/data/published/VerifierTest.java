package org.skiptuning.data.published;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.skiptuning.CancelledException;
import org.skiptuning.Phase;
import org.skiptuning.ProgressListener;
import org.skiptuning.data.published.Verification.Status;

class VerifierTest {
    @TempDir
    Path root;

    static Stream<TinyDataSet> all() {
        return TinyDataSets.all().stream();
    }

    private Verification verify(String name) {
        return new Verifier(root, true, 2).verify(PublishedDataSets.find(name).orElseThrow(), ProgressListener.none());
    }

    @ParameterizedTest
    @MethodSource("all")
    void tinyOnesAreReadableAndHaveOtherCounts(TinyDataSet tiny) {
        tiny.write(root);
        var found = verify(tiny.name());
        assertThat(found.status()).isEqualTo(Status.FAULTY);
        assertThat(found.folder()).isEqualTo(root.resolve(tiny.home()));
        assertThat(found.found())
                .contains(new Counts(
                        tiny.classNames().size(),
                        tiny.published().train().size(),
                        tiny.published().validation().size(),
                        tiny.published().test().size()));
        assertThat(found.unreadable()).isEmpty();
        assertThat(found.missing()).isEmpty();
        assertThat(found.problems()).allMatch(problem -> problem.endsWith(" are published"));
    }

    @ParameterizedTest
    @MethodSource("all")
    void absentAndHalfPresentOnesAreToldApart(TinyDataSet tiny) throws IOException {
        var absent = verify(tiny.name());
        assertThat(absent.status()).isEqualTo(Status.ABSENT);
        assertThat(absent.problems()).isEmpty();
        assertThat(absent.dataSet().fetch()).isNotEmpty();
        assertThat(absent.dataSet().fetch().stream().anyMatch(line -> line.startsWith("split_zhou_")))
                .isEqualTo(tiny.hasSplit());
        Files.createDirectories(root.resolve(tiny.home()));
        var incomplete = verify(tiny.name());
        assertThat(incomplete.status()).isEqualTo(Status.INCOMPLETE);
        assertThat(incomplete.missing()).isNotEmpty().allMatch(path -> path.startsWith(incomplete.folder()));
        assertThat(incomplete.problems().getFirst())
                .isEqualTo(incomplete.missing().getFirst() + " is missing");
        assertThat(incomplete.notes().stream().anyMatch(note -> note.contains("--make-splits")))
                .isEqualTo(tiny.hasSplit());
    }

    @Test
    void missingPicturesAreCounted() throws IOException {
        var tiny = TinyDataSets.of("food101");
        tiny.write(root);
        for (var item : tiny.published().train()) {
            Files.delete(tiny.folder(root).resolve(item.path()));
        }
        var found = verify("food101");
        assertThat(found.status()).isEqualTo(Status.INCOMPLETE);
        assertThat(found.missing()).hasSize(18);
        assertThat(found.problems()).hasSize(4).last().isEqualTo("18 files in all are missing");
    }

    @Test
    void unreadablePicturesAreNamedInTheirOrder() throws IOException {
        var tiny = TinyDataSets.of("eurosat");
        tiny.write(root);
        var broken = new ArrayList<Path>();
        for (var i : new int[] {0, 7, 11, 30}) {
            broken.add(tiny.folder(root).resolve(tiny.published().train().get(i).path()));
            Files.writeString(broken.getLast(), i == 7 ? "" : "no picture");
        }
        var found = verify("eurosat");
        assertThat(found.unreadable()).extracting(picture -> picture.file()).isEqualTo(broken);
        assertThat(found.problems())
                .anyMatch(problem -> problem.contains(broken.getFirst().toString()))
                .anyMatch(problem -> problem.contains("is empty"))
                .contains("4 pictures in all cannot be read");
        var quick = new Verifier(root, false, 1)
                .verify(PublishedDataSets.find("eurosat").orElseThrow(), ProgressListener.none());
        assertThat(quick.unreadable()).isEmpty();
    }

    @Test
    void brokenFilesAreToldAsTheyAreOnOpening() {
        var tiny = TinyDataSets.of("ucf101");
        tiny.write(root);
        TinyDataSet.text(root.resolve(tiny.home()).resolve(tiny.splitFile()), "{");
        var found = verify("ucf101");
        assertThat(found.status()).isEqualTo(Status.FAULTY);
        assertThat(found.found()).isEmpty();
        assertThat(found.problems()).singleElement().asString().contains("is not readable JSON");
    }

    @Test
    void progressIsHeardOnTheCallersThread() {
        TinyDataSets.of("eurosat").write(root);
        var last = new ArrayList<Long>();
        var caller = Thread.currentThread();
        new Verifier(root, true, 2).verify(PublishedDataSets.find("eurosat").orElseThrow(), (phase, done, total) -> {
            assertThat(phase).isEqualTo(Phase.CHECK);
            assertThat(Thread.currentThread()).isEqualTo(caller);
            assertThat(total).isEqualTo(100);
            last.add(done);
        });
        assertThat(last).isSorted().last().isEqualTo(100L);
    }

    @Test
    void anInterruptStopsTheCheck() {
        TinyDataSets.of("eurosat").write(root);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> verify("eurosat")).isInstanceOf(CancelledException.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    /** As many pictures as there should be, and the halves as large as they should be: the real numbers of DTD. */
    @Test
    void aWholeOneIsGood() {
        for (var label = 0; label < 47; label++) {
            for (var i = 1; i <= 120; i++) {
                TinyDataSet.picture(root.resolve("dtd/images/texture%02d/image_%04d.jpg".formatted(label, i)));
            }
        }
        PublishedDataSets.find("dtd").orElseThrow().drawSplit(root, 1);
        var found = verify("dtd");
        assertThat(found.problems()).isEmpty();
        assertThat(found.status()).isEqualTo(Status.GOOD);
        assertThat(found.found()).contains(found.dataSet().counts());
        assertThat(found.notes()).singleElement().asString().contains("not the published split");
    }

    /** Protocol facts that hang together: the halves of the classes cannot have more pictures than all. */
    @Test
    void factsAreOfTheProtocol() {
        for (var dataSet : PublishedDataSets.all()) {
            assertThat(dataSet.baseTest().orElse(0)).isLessThan(dataSet.counts().test());
            assertThat(dataSet.fetch()).isNotEmpty();
        }
        var pets = PublishedDataSets.find("oxford_pets").orElseThrow();
        assertThat(pets.counts()).isEqualTo(new Counts(37, 2944, 736, 3669));
        assertThat(pets.baseTest()).isEqualTo(Optional.of(1881));
    }
}
