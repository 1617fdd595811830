package org.skiptuning.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.skiptuning.checkpoint.SafetensorsFile;
import org.skiptuning.ffi.TensorView;
import tools.jackson.databind.JsonNode;

/** Every command on a tiny model and tiny pictures, in this process. */
class CommandsTest {
    @TempDir
    static Path shared;

    @TempDir
    Path own;

    private static String model = "";
    private static String data = "";

    @BeforeAll
    static void prepare() throws Exception {
        model = TinyClip.write(shared.resolve("a tiny mödel"), 3).toString();
        data = TinyPictures.write(shared.resolve("pictures of things"), 6, 3).toString();
    }

    private static JsonNode json(String... arguments) {
        var run = good(
                Stream.concat(Stream.of(arguments), Stream.of("--json", "-")).toArray(String[]::new));
        return Json.read(run.out());
    }

    private static CommandRun good(String... arguments) {
        var run = CommandRun.of(arguments);
        assertThat(run.err()).isEmpty();
        assertThat(run.status()).isZero();
        return run;
    }

    private static String[] training(Path output, String... more) {
        return training(output, 4, 2, more);
    }

    private static String[] training(Path output, int shots, int startLayer, String... more) {
        var arguments = new ArrayList<>(List.of(
                "train",
                "--model",
                model,
                "--data",
                data,
                "--shots",
                Integer.toString(shots),
                "--start-layer",
                Integer.toString(startLayer),
                "--epochs",
                "3",
                "--output",
                output.toString()));
        arguments.addAll(List.of(more));
        return arguments.toArray(String[]::new);
    }

    @Test
    void encodeWritesRowsOfLengthOneInTheOrderGiven() {
        Path file = own.resolve("merkmale ü.safetensors");
        String first = data + "/test/blue sky/0.png";
        String second = data + "/test/grüne wiese/1.png";
        var result = json(
                "encode",
                "--model",
                model,
                "--text",
                "a cat",
                "a dog",
                "--image",
                first,
                second,
                first,
                "--output",
                file.toString());
        assertThat(result.path("text_shape").toString()).isEqualTo("[2," + TinyClip.EMBEDDING + "]");
        assertThat(result.path("image_shape").toString()).isEqualTo("[3," + TinyClip.EMBEDDING + "]");
        try (var features = SafetensorsFile.open(file)) {
            assertThat(features.tensors()).extracting(TensorView::name).containsExactlyInAnyOrder("text", "image");
            for (var tensor : features.tensors()) {
                for (int row = 0; row < tensor.shape()[0]; row++) {
                    assertThat(product(tensor, row, row)).isEqualTo(1, within(1e-5));
                }
            }
            var image = features.tensors().stream()
                    .filter(tensor -> tensor.name().equals("image"))
                    .findFirst()
                    .orElseThrow();
            assertThat(product(image, 0, 2)).isEqualTo(1, within(1e-6));
            assertThat(product(image, 0, 1)).isLessThan(0.99999);
        }
    }

    @Test
    void encodeSaysWhatWasNotGiven() {
        var result = json(
                "encode",
                "--model",
                model,
                "--text",
                "a cat",
                "--output",
                own.resolve("text.safetensors").toString());
        assertThat(result.path("text_shape").toString()).isEqualTo("[1," + TinyClip.EMBEDDING + "]");
        assertThat(result.get("image_shape").isNull()).isTrue();
    }

    private static double product(TensorView tensor, long first, long second) {
        long width = tensor.shape()[1];
        double sum = 0;
        for (long i = 0; i < width; i++) {
            sum += (double) tensor.buffer().getFloat((first * width + i) * Float.BYTES)
                    * tensor.buffer().getFloat((second * width + i) * Float.BYTES);
        }
        return sum;
    }

    @Test
    void zeroShotCountsEveryTestPicture() {
        var result = json("zero-shot", "--model", model, "--data", data);
        assertThat(result.path("total").asInt()).isEqualTo(12);
        assertThat(result.path("per_class")
                        .valueStream()
                        .map(one -> one.path("name").asString()))
                .isEqualTo(TinyPictures.CLASSES);
        assertThat(result.path("per_class")
                        .valueStream()
                        .mapToInt(one -> one.path("correct").asInt())
                        .sum())
                .isEqualTo(result.path("correct").asInt());
        assertThat(result.path("accuracy").asDouble())
                .isEqualTo(100.0 * result.path("correct").asInt() / 12, within(1e-9));
        assertThat(json("zero-shot", "--model", model, "--data", data, "--classes", "new")
                        .path("total")
                        .asInt())
                .isEqualTo(6);
    }

    @Test
    void textIsForPeopleAndQuietIsQuiet() {
        assertThat(good("zero-shot", "--model", model, "--data", data).out())
                .contains("Accuracy")
                .contains("of 12 pictures right");
        assertThat(good("zero-shot", "--model", model, "--data", data, "-q").out())
                .isEmpty();
    }

    @Test
    void trainedModelIsEvaluatedAndPredictsAsTrainSaid() throws Exception {
        Path output = own.resolve("ein lauf");
        Path trace = own.resolve("trace.jsonl");
        var result = json(training(output, "--trace", trace.toString()));
        assertThat(result.path("steps").asInt()).isEqualTo(12);
        assertThat(result.path("final_loss").isNumber()).isTrue();
        assertThat(result.path("train_seconds").asDouble()).isPositive();
        assertThat(result.path("cache_seconds").asDouble()).isPositive();
        assertThat(result.path("peak_memory_bytes").asLong()).isPositive();
        assertThat(output).isDirectoryContaining("glob:**/{model.safetensors,open_clip_model.safetensors}");
        assertThat(output.resolve("metrics.jsonl")).exists();
        assertThat(output.resolve("config.json")).exists();

        List<JsonNode> steps =
                Files.readAllLines(trace).stream().map(Json::read).toList();
        assertThat(steps).hasSize(12);
        assertThat(steps).allSatisfy(step -> {
            assertThat(step.propertyNames()).contains("epoch", "images", "classes", "loss", "lr");
            assertThat(step.path("images").size()).isEqualTo(4);
            assertThat(step.path("lr").propertyNames()).contains("text", "image");
        });
        assertThat(steps.getLast().path("loss").asDouble())
                .isEqualTo(result.path("final_loss").asDouble());

        var evaluated = json("evaluate", "--tuned", output.toString());
        assertThat(evaluated.path("accuracy").asDouble())
                .isEqualTo(result.path("accuracy").asDouble());
        assertThat(evaluated.path("total").asInt()).isEqualTo(12);

        var predictions = good(
                "predict",
                "--tuned",
                output.toString(),
                "--classes",
                String.join(",", TinyPictures.CLASSES),
                "--json",
                "-",
                data + "/test/red brick/0.png",
                data + "/test/blue sky/0.png");
        List<JsonNode> lines = predictions.out().lines().map(Json::read).toList();
        assertThat(lines).hasSize(2);
        assertThat(lines.getFirst().path("image").asString()).endsWith("red brick/0.png");
        assertThat(lines.getFirst()
                        .path("top")
                        .valueStream()
                        .mapToDouble(one -> one.path("probability").asDouble())
                        .sum())
                .isEqualTo(1, within(1e-6));
    }

    @Test
    void baseAndNewAreBothMeasured() {
        Path output = own.resolve("base");
        var result = json(training(output, "--classes", "base"));
        assertThat(result.path("tuned").propertyNames()).contains("base", "new", "h");
        assertThat(result.path("accuracy").asDouble())
                .isEqualTo(result.path("tuned").path("base").asDouble());
        assertThat(json("evaluate", "--tuned", output.toString(), "--classes", "new")
                        .path("accuracy")
                        .asDouble())
                .isEqualTo(result.path("tuned").path("new").asDouble());
        assertThat(good(training(own.resolve("again"), "--classes", "base")).out())
                .contains("Base")
                .contains("New")
                .contains("Skip Tuning")
                .contains("Saved to");
    }

    @Test
    void fullFineTuningTrainsMoreThanSkipTuning() {
        long skip =
                json(training(own.resolve("skip"))).path("trained_parameters").asLong();
        var full = json(
                "train",
                "--method",
                "full",
                "--model",
                model,
                "--data",
                data,
                "--shots",
                "4",
                "--epochs",
                "2",
                "--output",
                own.resolve("full").toString());
        assertThat(full.path("method").asString()).isEqualTo("full");
        assertThat(full.path("trained_parameters").asLong()).isGreaterThan(skip);
    }

    @Test
    void startLayerBeyondTheModelIsRefused() {
        var run = CommandRun.of(training(own.resolve("deep"), 4, 4));
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.errorLines()).singleElement().asString().contains("tart layer 4");
    }

    @Test
    void smallClassesAreUsedWholeAndNamed() {
        var run = CommandRun.of(training(own.resolve("many shots"), 8, 2));
        assertThat(run.status()).isZero();
        assertThat(run.errorLines())
                .singleElement()
                .asString()
                .startsWith("note: ")
                .contains("fewer than 8");
    }

    @Test
    void aBadPictureStopsUnlessItIsToBeSkipped() throws Exception {
        Path folder = TinyPictures.write(own.resolve("with a bad one"), 4, 2);
        Files.write(folder.resolve("test/red brick/bad.png"), new byte[0]);
        var run = CommandRun.of("zero-shot", "--model", model, "--data", folder.toString());
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.errorLines())
                .singleElement()
                .asString()
                .contains("bad.png", "--skip-bad-images")
                .doesNotContain("LoadOptions");
        run = CommandRun.of(
                "zero-shot", "--model", model, "--data", folder.toString(), "--skip-bad-images", "--json", "-");
        assertThat(run.status()).isZero();
        assertThat(Json.read(run.out()).path("total").asInt()).isEqualTo(8);
    }

    /** It offers no such option. */
    @Test
    void encodingNeverLeavesAPictureOut() throws Exception {
        Path bad = Files.createFile(own.resolve("bad.png"));
        Path features = own.resolve("x.safetensors");
        var run = CommandRun.of("encode", "--model", model, "--image", bad.toString(), "--output", features.toString());
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).contains("bad.png").doesNotContain("--skip-bad-images");
    }

    @Test
    void evaluatingLeavesOutWhatTheRunLeftOut() throws Exception {
        Path folder = TinyPictures.write(own.resolve("with a bad one"), 4, 2);
        Files.createFile(folder.resolve("test/red brick/bad.png"));
        Path output = own.resolve("run");
        var run = CommandRun.of(
                "train",
                "--model",
                model,
                "--data",
                folder.toString(),
                "--start-layer",
                "2",
                "--epochs",
                "1",
                "--skip-bad-images",
                "--output",
                output.toString());
        assertThat(run.status()).as(run.err()).isZero();
        run = CommandRun.of("evaluate", "--tuned", output.toString(), "--json", "-");
        assertThat(run.status()).as(run.err()).isZero();
        assertThat(Json.read(run.out()).path("total").asInt()).isEqualTo(8);
    }

    @Test
    void labelsComeFromAFile() throws Exception {
        String picture = data + "/test/blue sky/0.png";
        Path file = Files.writeString(own.resolve("labels.txt"), "\uFEFFcat\r\n\n dog \n");
        var run = good("predict", "--model", model, "--classes-file", file.toString(), "--json", "-", picture);
        assertThat(Json.read(run.out())
                        .path("top")
                        .valueStream()
                        .map(one -> one.path("label").asString()))
                .containsExactlyInAnyOrder("cat", "dog");

        Files.write(file, new byte[] {'c', (byte) 0xE4, 't'});
        assertThat(CommandRun.of("predict", "--classes-file", file.toString(), picture)
                        .err())
                .contains(file + " is not UTF-8 text: save it as UTF-8");
        Files.writeString(file, "\n");
        assertThat(CommandRun.of("predict", "--classes-file", file.toString(), picture)
                        .err())
                .contains(file + " holds no labels");
    }

    @Test
    void aTraceMayBePrinted() {
        Path output = own.resolve("run");
        var run = good(training(output, "--trace", "-"));
        assertThat(run.out().lines().map(Json::read))
                .hasSize(12)
                .allSatisfy(step -> assertThat(step.path("loss").isNumber()).isTrue());
        assertThat(good(training(output)).out()).contains("mean loss of the last epoch");
    }

    @Test
    void oneClassIsNothingToTellApart() throws Exception {
        Path csv = Files.writeString(
                own.resolve("one.csv"),
                data + "/train/blue sky/0.png,sky,train\n" + data + "/test/blue sky/0.png,sky,test\n");
        var run = CommandRun.of("zero-shot", "--model", model, "--data", csv.toString());
        assertThat(run.errorLines()).singleElement().asString().startsWith("note: There is one class, sky");
        assertThat(run.status()).isZero();
        var arguments = new ArrayList<>(List.of(training(own.resolve("run"), 1, 2)));
        arguments.set(arguments.indexOf(data), csv.toString());
        assertThat(CommandRun.of(arguments.toArray(String[]::new)).errorLines())
                .singleElement()
                .asString()
                .startsWith("note: There is one class, sky");
    }

    @Test
    void aBrokenCheckpointIsNamed() throws Exception {
        Path folder = TinyClip.write(own.resolve("broken"), 3);
        Path weights = folder.resolve("open_clip_model.safetensors");
        byte[] whole = Files.readAllBytes(weights);
        Files.write(weights, java.util.Arrays.copyOf(whole, whole.length / 2));
        var run = CommandRun.of(
                "encode",
                "--model",
                folder.toString(),
                "--text",
                "a",
                "--output",
                own.resolve("x.safetensors").toString());
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.errorLines()).singleElement().asString().contains("open_clip_model.safetensors");
        assertThat(own.resolve("x.safetensors")).doesNotExist();
    }

    @Test
    void aLinkThatLeadsBackToItselfIsNoMissingModel() throws Exception {
        Path circle = own.resolve("circle");
        Files.createSymbolicLink(circle, circle);
        var run = CommandRun.of(
                "predict", "--model", circle.toString(), "--classes", "a,b", data + "/test/red brick/0.png");
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.errorLines())
                .singleElement()
                .asString()
                .contains("--model " + circle + " cannot be reached: Too many levels of symbolic links");
    }

    @Test
    void withoutTestPicturesThereIsNothingToMeasure() throws Exception {
        Path folder = TinyPictures.write(own.resolve("only training"), 4, 0);
        String table = "path,class,split\n";
        for (String name : TinyPictures.CLASSES) {
            for (int i = 0; i < 4; i++) {
                table += "train/" + name + "/" + i + ".png," + name + ",train\n";
            }
        }
        Path csv = Files.writeString(folder.resolve("all.csv"), table);
        var result = json(
                "train",
                "--model",
                model,
                "--data",
                csv.toString(),
                "--start-layer",
                "2",
                "--epochs",
                "1",
                "--output",
                own.resolve("unmeasured").toString());
        assertThat(result.path("accuracy").isNull()).isTrue();
        assertThat(result.path("steps").asInt()).isEqualTo(4);
    }

    @Test
    void aFullDiskIsNamed() {
        var run = CommandRun.of("zero-shot", "--model", model, "--data", data, "--json", "/dev/full");
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.errorLines())
                .singleElement()
                .asString()
                .contains("/dev/full")
                .contains("no space left");
    }

    @Test
    void cudaThatIsNotThereIsNoCrash() {
        var run = CommandRun.of(
                "encode",
                "--model",
                model,
                "--text",
                "a",
                "--device",
                "cuda:9",
                "--output",
                own.resolve("x.safetensors").toString());
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.errorLines()).singleElement().asString().contains("cuda");
    }

    @Test
    void doctorFindsLibTorchAndMeasuresDevices() {
        var run = CommandRun.of("doctor", "--json", "-");
        var result = Json.read(run.out());
        assertThat(result.path("libtorch").path("version").asString()).startsWith("2.");
        assertThat(result.path("devices").get(0).path("name").asString()).isEqualTo("cpu");
        assertThat(result.path("devices").get(0).path("gemm").size()).isPositive();
    }

    @Test
    void evaluatingSplitsAFolderAsTheRunDid() throws Exception {
        Path unsplit = own.resolve("unsplit");
        for (String name : TinyPictures.CLASSES) {
            Files.createDirectories(unsplit);
            Files.move(
                    TinyPictures.write(own.resolve("drawn " + name.length()), 8, 0)
                            .resolve("train")
                            .resolve(name),
                    unsplit.resolve(name));
        }
        Path output = own.resolve("run");
        var arguments = new ArrayList<>(List.of(training(output, "--seed", "7")));
        arguments.set(arguments.indexOf(data), unsplit.toString());
        double trained = json(arguments.toArray(String[]::new)).path("accuracy").asDouble();

        var evaluated = json("evaluate", "--tuned", output.toString());
        assertThat(evaluated.path("accuracy").asDouble()).isEqualTo(trained);
        var named = json("evaluate", "--tuned", output.toString(), "--data", unsplit.toString());
        assertThat(named).isEqualTo(evaluated);
        assertThat(Json.read(Files.readString(output.resolve("run.json")))
                        .path("seed")
                        .asString())
                .isEqualTo("7");
        Files.writeString(output.resolve("run.json"), "{\"seed\":\"x\",\"data\":\"" + unsplit + "\"}");
        assertThat(CommandRun.of("evaluate", "--tuned", output.toString()).errorLines())
                .singleElement()
                .asString()
                .contains("the run's run.json has a seed that is no number: give --seed");
    }

    @Test
    void aRefusedRunLeavesTheRecordOfTheOneBefore() throws Exception {
        Path output = own.resolve("run");
        good(training(output));
        String record = Files.readString(output.resolve("run.json"));
        Path other = TinyPictures.write(own.resolve("other"), 6, 1);
        var arguments = new ArrayList<>(List.of(training(output, "--resume")));
        arguments.set(arguments.indexOf(data), other.toString());

        var refused = CommandRun.of(arguments.toArray(String[]::new));
        assertThat(refused.status()).isEqualTo(1);
        assertThat(output.resolve("run.json")).hasContent(record);
    }

    @Test
    void preTrainingAndTrainingDoNotShareAFolder() throws Exception {
        Path run = own.resolve("run");
        good(training(run));
        var refused = CommandRun.of("pretrain", "--output", run.toString(), "--steps", "1");
        assertThat(refused.status()).isEqualTo(1);
        assertThat(refused.err()).contains("no pre-training made");

        Path pretrained = Files.createDirectories(own.resolve("pretrained"));
        Files.writeString(pretrained.resolve("recipe.json"), "{}");
        refused = CommandRun.of(training(pretrained));
        assertThat(refused.status()).isEqualTo(1);
        assertThat(refused.err()).contains("holds a pre-training run");
    }
}
