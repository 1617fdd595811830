package org.skiptuning.benchmark.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.skiptuning.ClassSubset;
import org.skiptuning.Method;
import org.skiptuning.Precision;
import org.skiptuning.SkipTuning;
import org.skiptuning.SkipTuningException;

class JobTest {
    @TempDir
    private Path folder;

    private static Job job(DataReference data, long seed, double rate) {
        return new Job(
                data.name(),
                Job.Purpose.MEASUREMENT,
                new ModelReference(Path.of("/models/clip"), Optional.of("ViT-B-16"), "0".repeat(64)),
                data,
                Optional.of(SkipTuning.builder(Method.of("coop"))
                        .shots(4)
                        .seed(seed)
                        .classes(ClassSubset.BASE)
                        .learningRate(rate)
                        .settings()),
                2,
                "",
                "",
                List.of(Target.test("new", data, ClassSubset.NEW)),
                Map.of(data.name(), "f".repeat(64)),
                new Surroundings("cuda:1", Precision.FP32, 3, true, false),
                Optional.empty());
    }

    private static JobOutcome outcome(double accuracy) {
        return new JobOutcome(
                Optional.empty(),
                false,
                new TreeMap<>(Map.of("new", accuracy)),
                1,
                2,
                3,
                4,
                Optional.of(5L),
                6,
                Optional.empty(),
                List.of());
    }

    /** What a worker reads is what was planned. */
    @Test
    void goesThroughAFile() {
        for (var data : List.of(
                new DataReference.Bundled("glyphs"),
                new DataReference.Published("oxford_pets", Path.of("/data")),
                new DataReference.Folder(Path.of("/my pets"), 7),
                new DataReference.Table(Path.of("/pets.csv")))) {
            var job = job(data, 3, 0.01);
            var store = new JobStore(folder);
            store.begin(job);
            assertThat(JobStore.specification(store.folder(job).resolve("spec.json")))
                    .isEqualTo(job);
        }
    }

    @Test
    void hasAPlaceOfItsOwn() {
        var pets = new DataReference.Published("oxford_pets", Path.of("/data"));
        assertThat(job(pets, 3, 0.01).folder()).isEqualTo("oxford_pets/coop/4-shots/seed-3/rate-2");
        assertThat(job(pets, 3, 0.01).title()).isEqualTo("oxford_pets: CoOp, 4 shots, seed 3");
    }

    /** A result belongs to its settings, model and data, wherever those lie and whichever card computes. */
    @Test
    void aResultBelongsToItsJob() throws IOException {
        var store = new JobStore(folder);
        var job = job(new DataReference.Published("oxford_pets", Path.of("/data")), 3, 0.01);
        assertThat(store.finished(job)).isEmpty();
        store.begin(job);
        store.keep(job, outcome(61));
        var moved = job(new DataReference.Published("oxford_pets", Path.of("/elsewhere")), 3, 0.01)
                .at(new Surroundings("cuda:0", Precision.FP32, 1, true, false));
        assertThat(store.finished(moved)).contains(outcome(61));
        assertThatExceptionOfType(SkipTuningException.class)
                .isThrownBy(() ->
                        store.finished(job(new DataReference.Published("oxford_pets", Path.of("/data")), 3, 0.02)))
                .withMessageContaining("is of a run with learning rate 0.01 instead of 0.02; name another --output");
        assertThatExceptionOfType(SkipTuningException.class)
                .isThrownBy(() -> store.finished(job.at(new Surroundings("cpu", Precision.FP32, 1, true, false))))
                .withMessageContaining("device cuda instead of cpu");
        Files.writeString(store.folder(job).resolve("result.json"), "");
        assertThatExceptionOfType(SkipTuningException.class)
                .isThrownBy(() -> store.finished(job))
                .withMessageContaining("cannot be read: remove it");
    }

    /** What failed may do better another time, unless its numbers ran away. */
    @Test
    void aFailureIsNoResult() {
        var store = new JobStore(folder);
        var job = job(new DataReference.Bundled("glyphs"), 3, 0.01);
        store.begin(job);
        store.keep(job, JobOutcome.failed("too little memory", false));
        assertThat(store.finished(job)).isEmpty();
        assertThat(store.outcome(job).orElseThrow().error()).contains("too little memory");
        store.keep(job, JobOutcome.failed("the loss is NaN", true));
        assertThat(store.finished(job)).isPresent();
    }

    @Test
    void figuresAreChecked() {
        for (var accuracy : new double[] {-1, 101, Double.NaN}) {
            assertThatIllegalArgumentException().isThrownBy(() -> outcome(accuracy));
        }
    }

    /** Names in jobs and rows that somebody wrote by hand lead nowhere else. */
    @Test
    void nothingLiesOutsideOfTheFolder() {
        for (var path : List.of("", ".", "..", "../other", "a/../../other", "/etc/passwd", "a\0b")) {
            assertThatExceptionOfType(SkipTuningException.class)
                    .as(path)
                    .isThrownBy(() -> JobStore.below(folder, path))
                    .withMessageMatching(".*(leads out of the sweep's folder|is none of a sweep's).*");
        }
        assertThat(JobStore.below(folder, "a/../b")).isEqualTo(folder.resolve("b"));
        for (var here : List.of("", ".", "runs/..")) {
            assertThat(JobStore.below(Path.of(here), "a/b").toAbsolutePath().normalize())
                    .isEqualTo(Path.of("a/b").toAbsolutePath());
        }
    }

    /** Data of the user's own give folders, headings and cells their names. */
    @Test
    void namesOfDataAreSafeAsFolders() {
        assertThat(FolderName.of("my pets")).isEqualTo("my pets");
        assertThat(FolderName.of("a/b|c<d>")).isEqualTo("a_b_c_d_");
        for (var name : List.of("..", ".", ".hidden", "sweep.json", "Report.md", "workers", "x.png", "null", " ", "")) {
            assertThat(FolderName.of(name)).as(name).startsWith("data").doesNotContain("..");
        }
        assertThat(FolderName.of("a\u001b[31mb\u202ec")).isEqualTo("a_[31mb_c");
    }
}
