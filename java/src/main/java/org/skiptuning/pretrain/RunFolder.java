package org.skiptuning.pretrain;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.skiptuning.CheckpointException;
import org.skiptuning.SkipTuningException;
import org.skiptuning.checkpoint.Checkpoint;
import org.skiptuning.checkpoint.SafetensorsFile;
import org.skiptuning.checkpoint.SafetensorsWriter;
import org.skiptuning.ffi.ElementType;
import org.skiptuning.ffi.NativeBuffer;
import org.skiptuning.ffi.NativeModel;
import org.skiptuning.ffi.NativeTrainer;
import org.skiptuning.ffi.TensorView;
import org.skiptuning.files.AtomicFile;
import org.skiptuning.files.FolderLock;
import org.skiptuning.files.Folders;
import org.skiptuning.files.Uninterrupted;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The folder of a run: the model as an open_clip folder, the state to go on from, the recipe and the log. Every file but
 * the log appears whole or not at all; the log grows by lines, and what is beyond the state is cut when a run goes on.
 */
final class RunFolder implements AutoCloseable {
    static final String MODEL = "open_clip_model.safetensors";
    static final String CONFIGURATION = "open_clip_config.json";
    static final String VOCABULARY = "vocabulary.json";
    static final String RECIPE = "recipe.json";
    static final String LOG = "metrics.jsonl";
    static final String STATE = Checkpoint.PRETRAINING_STATE;

    private static final String AFRESH = "start in another folder";
    private static final String STEP_KEY = "step";
    private static final String LOSS_KEY = "\"loss\"";
    private static final String RECIPE_KEY = "recipe";
    private static final String AVERAGE_VIEWS = "average/";

    private final Path folder;
    private final FolderLock lock;

    /**
     * Takes a folder that is new, empty, or one of an earlier pre-training, for this run alone.
     *
     * @throws SkipTuningException if it holds anything else, or another run writes to it
     */
    RunFolder(Path folder) {
        this.folder = folder;
        Folders.create(folder);
        requireOurs(folder);
        this.lock = FolderLock.of(folder);
    }

    private static void requireOurs(Path folder) {
        try (var entries = Files.list(folder)) {
            var names = entries.map(entry -> entry.getFileName().toString())
                    .filter(name -> !name.startsWith("."))
                    .toList();
            if (!names.isEmpty() && !names.contains(RECIPE)) {
                throw new SkipTuningException(
                        folder + " holds files that no pre-training made: name a new or an empty folder");
            }
        } catch (IOException e) {
            throw new SkipTuningException("Cannot read " + folder + ": " + Folders.reason(e), e);
        }
    }

    @Override
    public void close() {
        lock.close();
    }

    boolean hasState() {
        return Files.exists(folder.resolve(STATE));
    }

    /** Everything that the next step depends on, after {@code step} steps. */
    void saveState(NativeTrainer trainer, int step, Recipe recipe) {
        var tensors = trainer.state().stream()
                .filter(tensor -> !tensor.name().startsWith(AVERAGE_VIEWS))
                .toList();
        var metadata = Map.of(STEP_KEY, Integer.toString(step), RECIPE_KEY, recipe.toJson());
        Uninterrupted.run(() -> SafetensorsWriter.write(folder.resolve(STATE), tensors, metadata));
    }

    /** Puts a saved state into a trainer; returns the number of steps that were done. */
    int restoreState(NativeTrainer trainer, Recipe recipe) {
        var file = folder.resolve(STATE);
        try (var state = SafetensorsFile.open(file, AFRESH)) {
            if (!recipe.toJson().equals(state.metadata().get(RECIPE_KEY))) {
                throw new CheckpointException(file + " was saved under other settings: resume with the ones in "
                        + folder.resolve(RECIPE) + ", or start in another folder.");
            }
            var step = Integer.parseInt(state.metadata().getOrDefault(STEP_KEY, ""));
            if (step < 0 || step > recipe.steps()) {
                throw new NumberFormatException("step is " + step);
            }
            restore(trainer, state);
            return step;
        } catch (NumberFormatException damaged) {
            throw new CheckpointException(file + " is damaged; " + AFRESH, damaged);
        }
    }

    private void restore(NativeTrainer trainer, SafetensorsFile state) {
        try {
            trainer.restore(state.tensors());
        } catch (CheckpointException | IllegalArgumentException damaged) {
            throw new CheckpointException(folder.resolve(STATE) + ": " + damaged.getMessage() + "; " + AFRESH, damaged);
        }
    }

    void writeSettings(Recipe recipe, CaptionVocabulary vocabulary) {
        AtomicFile.write(folder.resolve(RECIPE), recipe.toJson());
        writeJson(VOCABULARY, vocabulary.clipIds());
        writeJson(CONFIGURATION, openClipConfiguration(recipe.model(), vocabulary.size()));
    }

    private void writeJson(String name, Object value) {
        AtomicFile.write(folder.resolve(name), JsonMapper.shared().writeValueAsBytes(value));
    }

    static Map<String, Object> openClipConfiguration(Recipe.Model model, int vocabulary) {
        Map<String, Object> image = new LinkedHashMap<>();
        image.put("image_size", model.imageSize());
        image.put("layers", model.imageLayers());
        image.put("width", model.imageWidth());
        image.put("patch_size", model.patch());
        image.put("head_width", model.imageWidth() / model.imageHeads());
        Map<String, Object> text = new LinkedHashMap<>();
        text.put("context_length", model.contextLength());
        text.put("vocab_size", vocabulary);
        text.put("width", model.textWidth());
        text.put("heads", model.textHeads());
        text.put("layers", model.textLayers());
        Map<String, Object> clip = new LinkedHashMap<>();
        clip.put("embed_dim", model.embedDim());
        clip.put("quick_gelu", true);
        clip.put("vision_cfg", image);
        clip.put("text_cfg", text);
        Map<String, Object> preprocessing = new LinkedHashMap<>();
        preprocessing.put("mean", List.of(model.mean(), model.mean(), model.mean()));
        preprocessing.put("std", List.of(model.deviation(), model.deviation(), model.deviation()));
        preprocessing.put("interpolation", "bicubic");
        preprocessing.put("resize_mode", "shortest");
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("model_cfg", clip);
        all.put("preprocess_cfg", preprocessing);
        return all;
    }

    /** The model's tensors in fp16, by open_clip's names. */
    void saveModel(NativeModel model, Map<String, String> metadata) {
        List<TensorView> halves = new ArrayList<>();
        try {
            for (var tensor : model.tensors()) {
                var buffer = NativeBuffer.allocate(tensor.elements() * ElementType.FLOAT16.bytes());
                model.readTensor(tensor.name(), ElementType.FLOAT16, buffer);
                halves.add(TensorView.contiguous(tensor.name(), ElementType.FLOAT16, tensor.shape(), buffer));
            }
            Uninterrupted.run(() -> SafetensorsWriter.write(folder.resolve(MODEL), halves, metadata));
        } finally {
            halves.forEach(half -> half.buffer().close());
        }
    }

    /** Adds a line to the log. */
    void log(Map<String, Object> line) {
        var bytes = (JsonMapper.shared().writeValueAsString(line) + "\n").getBytes(StandardCharsets.UTF_8);
        try (var stream = new FileOutputStream(folder.resolve(LOG).toFile(), true)) {
            stream.write(bytes);
        } catch (IOException e) {
            throw new SkipTuningException("The log " + folder.resolve(LOG) + " can't be written: " + e.getMessage(), e);
        }
    }

    /**
     * Mean loss of the last {@code count} steps in the log.
     *
     * @throws CheckpointException if it holds none
     */
    double meanLoss(int count) {
        var losses = logLines().stream()
                .map(line -> JsonMapper.shared().readTree(line).path("loss"))
                .filter(JsonNode::isNumber)
                .mapToDouble(JsonNode::doubleValue)
                .toArray();
        return Arrays.stream(losses)
                .skip(Math.max(0, losses.length - count))
                .average()
                .orElseThrow(() -> new CheckpointException(folder.resolve(LOG) + " holds no losses; " + AFRESH));
    }

    private List<String> logLines() {
        try {
            return Files.readAllLines(folder.resolve(LOG));
        } catch (IOException e) {
            throw new CheckpointException(
                    "Cannot read " + folder.resolve(LOG) + ": " + Folders.reason(e) + "; remove it, or " + AFRESH, e);
        }
    }

    /**
     * Takes lines of steps that were not saved off the log's end, and the last measurements of a run that is finished,
     * for they are made again.
     */
    void cutLog(int steps, boolean finished) {
        var file = folder.resolve(LOG);
        if (!Files.exists(file)) {
            return;
        }
        var kept = logLines().stream()
                .filter(line -> stepOf(line)
                        .filter(step -> step < (finished && !line.contains(LOSS_KEY) ? steps - 1 : steps))
                        .isPresent())
                .collect(Collectors.joining("\n", "", "\n"));
        AtomicFile.write(file, kept);
    }

    /** Empty for a line that a killed process left unfinished. */
    private static Optional<Integer> stepOf(String line) {
        try {
            return Optional.of(JsonMapper.shared().readTree(line).path(STEP_KEY).asInt(Integer.MAX_VALUE));
        } catch (tools.jackson.core.JacksonException unfinished) {
            return Optional.empty();
        }
    }

    Path folder() {
        return folder;
    }
}
