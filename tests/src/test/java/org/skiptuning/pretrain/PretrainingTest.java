package org.skiptuning.pretrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.skiptuning.CheckpointException;
import org.skiptuning.SkipTuningException;
import org.skiptuning.TrainingInterruptedException;
import org.skiptuning.checkpoint.Checkpoint;
import org.skiptuning.checkpoint.Tokenizer;
import tools.jackson.databind.json.JsonMapper;

/** The loop on a toy corpus with a tiny model, through the real core. */
class PretrainingTest {
    private static final int SAVE_EVERY = 5;
    private static final PretrainListener SILENT = new PretrainListener() {};

    @TempDir
    private Path folder;

    private PretrainResult run(Path output, boolean resume, Recipe recipe, PretrainListener listener)
            throws IOException {
        var corpus = ToyCorpus.write(folder);
        var options = new PretrainOptions(output, resume, "cpu", 1, SAVE_EVERY, 6);
        return Pretraining.run(recipe, corpus, corpus.pictures(), Map.of("toys", corpus.pictures()), options, listener);
    }

    @Test
    void learnsWhatTheToysAreCalled() throws IOException {
        List<Double> losses = new ArrayList<>();
        var result = run(folder.resolve("run"), false, ToyCorpus.recipe(120), new PretrainListener() {
            @Override
            public void onStep(int step, int steps, double loss) {
                assertThat(steps).isEqualTo(120);
                losses.add(loss);
                assertThat(step).isEqualTo(losses.size());
            }
        });
        assertThat(losses.getFirst()).as("ln 16 is 2.77").isGreaterThan(2);
        assertThat(result.loss()).isLessThan(1.0);
        assertThat(result.accuracy()).as("chance is 6.25").isGreaterThan(60);
        assertThat(result.tests().get("toys")).isEqualTo(result.accuracy());
        assertThat(result.steps()).isEqualTo(120);
    }

    @Test
    void goesOnToTheSameBytesAfterAnInterruption() throws IOException {
        var recipe = ToyCorpus.recipe(13);
        var whole = folder.resolve("whole");
        run(whole, false, recipe, SILENT);
        var parts = folder.resolve("parts");
        assertThatThrownBy(() -> run(parts, false, recipe, interruptingAfter(4)))
                .isInstanceOf(TrainingInterruptedException.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThatThrownBy(() -> run(parts, true, recipe, interruptingAfter(9)))
                .isInstanceOf(TrainingInterruptedException.class);
        assertThat(Thread.interrupted()).isTrue();
        run(parts, true, recipe, SILENT);
        for (var name : List.of(RunFolder.MODEL, RunFolder.STATE, RunFolder.VOCABULARY, RunFolder.RECIPE)) {
            assertThat(parts.resolve(name)).as(name).hasSameBinaryContentAs(whole.resolve(name));
        }
        assertThat(losses(parts)).isEqualTo(losses(whole)).hasSize(13);
    }

    @Test
    void goesOnFromTheLastSavedStateAfterADeath() throws IOException {
        var recipe = ToyCorpus.recipe(13);
        var whole = folder.resolve("whole");
        run(whole, false, recipe, SILENT);
        var parts = folder.resolve("parts");
        var death = new IllegalStateException("killed");
        assertThatThrownBy(() -> run(parts, false, recipe, new PretrainListener() {
                    @Override
                    public void onStep(int step, int steps, double loss) {
                        if (step == 8) {
                            throw death;
                        }
                    }
                }))
                .isSameAs(death);
        Files.writeString(parts.resolve(RunFolder.LOG), "{\"step\":8,\"lo", java.nio.file.StandardOpenOption.APPEND);
        run(parts, true, recipe, SILENT);
        assertThat(parts.resolve(RunFolder.MODEL)).hasSameBinaryContentAs(whole.resolve(RunFolder.MODEL));
        assertThat(losses(parts)).isEqualTo(losses(whole));
    }

    private static PretrainListener interruptingAfter(int steps) {
        return new PretrainListener() {
            @Override
            public void onStep(int step, int all, double loss) {
                if (step == steps) {
                    Thread.currentThread().interrupt();
                }
            }
        };
    }

    /** The log's losses by step, without the times. */
    private static List<String> losses(Path run) throws IOException {
        return Files.readAllLines(run.resolve(RunFolder.LOG)).stream()
                .filter(line -> line.contains("\"loss\""))
                .map(line -> line.replaceFirst(",\"seconds\".*", ""))
                .toList();
    }

    @Test
    void writesAModelThatTheCheckpointReaderOpens() throws IOException {
        var output = folder.resolve("run");
        run(output, false, ToyCorpus.recipe(2), SILENT);
        var whole = Tokenizer.clip(12).encode("a picture of a north red.");
        try (var checkpoint = Checkpoint.open(output, Optional.empty())) {
            assertThat(checkpoint.configuration().embedDim()).isEqualTo(16);
            assertThat(checkpoint.preprocessing().size()).isEqualTo(32);
            assertThat(checkpoint.tensors()).anyMatch(tensor -> tensor.name().equals("visual.conv1.weight"));
            var ids = checkpoint.tokenizer().encode("a picture of a north red.");
            assertThat(ids).hasSameSizeAs(whole);
            var rows = JsonMapper.shared().readTree(output.resolve(RunFolder.VOCABULARY));
            for (var i = 0; whole[i] != 0; i++) {
                assertThat(rows.get((int) ids[i]).longValue()).isEqualTo(whole[i]);
            }
        }
    }

    @Test
    void refusesToOverwriteARunOrToMixSettings() throws IOException {
        var output = folder.resolve("run");
        run(output, false, ToyCorpus.recipe(2), SILENT);
        assertThatThrownBy(() -> run(output, false, ToyCorpus.recipe(2), SILENT))
                .isInstanceOf(SkipTuningException.class)
                .hasMessageContaining("--resume");
        assertThatThrownBy(() -> run(output, true, ToyCorpus.recipe(3), SILENT))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("settings");
    }

    @Test
    void aDamagedStateOrLogIsToldWithWhatToDo() throws IOException {
        var output = folder.resolve("run");
        run(output, false, ToyCorpus.recipe(2), SILENT);
        var state = output.resolve(RunFolder.STATE);
        var whole = Files.readAllBytes(state);
        Files.write(state, Arrays.copyOf(whole, whole.length - 1));
        refusesToResume(output, state + " holds", "it is truncated or damaged");
        var text = new String(whole, StandardCharsets.ISO_8859_1);
        for (var step : List.of("9", "x", "-")) {
            var odd = text.replaceFirst("\"step\":\"2\"", "\"step\":\"" + step + "\"");
            Files.write(state, odd.getBytes(StandardCharsets.ISO_8859_1));
            refusesToResume(output, state + " is damaged");
        }
        Files.write(state, whole);
        Files.write(output.resolve(RunFolder.LOG), new byte[] {(byte) 0xff, '\n'});
        refusesToResume(output, "Cannot read " + output.resolve(RunFolder.LOG), "it isn't text in UTF-8");
        Files.writeString(output.resolve(RunFolder.LOG), "null\n");
        refusesToResume(output, output.resolve(RunFolder.LOG) + " holds no losses");
    }

    private void refusesToResume(Path output, String... message) {
        assertThatThrownBy(() -> run(output, true, ToyCorpus.recipe(2), SILENT))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContainingAll(message)
                .hasMessageEndingWith("start in another folder");
    }
}
