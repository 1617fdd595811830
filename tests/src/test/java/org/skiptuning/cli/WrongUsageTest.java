package org.skiptuning.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is wrong with a command line is said in one line, before any work is done. */
class WrongUsageTest {
    @TempDir
    Path folder;

    static Stream<Arguments> wrong() {
        return Stream.of(
                usage("there is no command 'trian'; did you mean train?", "trian"),
                usage("there is no command 'xyz': use demo", "xyz"),
                usage("unknown option '--shot'; did you mean --shots?", "train", "--shot", "3"),
                usage("unknown option '--shot'; did you mean --shots?", "train", "--shot=3"),
                usage("; did you mean skip?", "train", "--method", "skp"),
                usage("there is no method 'copo': use skip, full, linear, lp++, coop", "train", "--method", "copo"),
                usage(
                        "--method coop has no use for --start-layer, --top-ratio: leave them out",
                        "train",
                        "--method",
                        "coop",
                        "--start-layer",
                        "9",
                        "--top-ratio",
                        "0.5"),
                usage(
                        "--method tip-adapter has no use for --epochs",
                        "train",
                        "--method",
                        "tip-adapter",
                        "--epochs",
                        "3"),
                usage(
                        "there is no setting of kgcoop 'text_weigth'",
                        "train",
                        "--method",
                        "kgcoop",
                        "--set",
                        "text_weigth=3"),
                usage("skip has no settings of its own", "train", "--set", "text_weight=3"),
                usage("--epochs contradicts --steps-per-shot", "train", "--epochs", "3", "--steps-per-shot", "9"),
                usage("--start-layer contradicts --lskip off", "train", "--start-layer", "3", "--lskip", "off"),
                usage("--top-ratio contradicts --cskip off", "train", "--top-ratio", "1", "--cskip", "off"),
                usage("there is no position of a switch 'no'", "train", "--cskip", "no"),
                usage("--epsilon is Adam's", "train", "--epsilon", "1e-8"),
                usage("there is no device 'gpu'", "doctor", "--device", "gpu"),
                usage("there is no precision 'fp8'", "doctor", "--precision", "fp8"),
                usage("there is no mask 'steps': use run, step; did you mean step?", "train", "--mask", "steps"),
                usage("'x' is not an int", "train", "--epochs", "x"),
                usage("'deep' is not a start layer", "train", "--start-layer", "deep"),
                usage("is no template set", "zero-shot", "--templates", "photo"),
                usage("--data is missing", "zero-shot"),
                usage("--output is missing", "train", "--data", "bundled"),
                usage("--tuned", "evaluate"),
                usage("there is nothing to encode", "encode", "--output", "x.safetensors"),
                usage("there is no data set 'glyph'", "zero-shot", "--data", "bundled", "--dataset", "glyph"),
                usage(
                        "there is no task 'foods': use glyphs, food, animals, things; did you mean food?",
                        "demo",
                        "--task",
                        "foods"),
                usage("contradicts --method full", "train", "--method", "full", "--preset", "paper"),
                usage("--classes new", "train", "--classes", "new"),
                usage("there is no preset 'papers'", "train", "--preset", "papers"),
                usage("there is no schedule 'fewshot'", "train", "--schedule", "fewshot"),
                usage("--momentum", "train", "--optimizer", "adamw", "--momentum", "0.5"),
                usage("of --preset bundled", "train", "--preset", "bundled", "--momentum", "0.5"),
                usage("--precision fp16 is not for pre-training", "pretrain", "--precision", "fp16"),
                usage(
                        "contradicts --templates",
                        "predict",
                        "--tuned",
                        "d",
                        "--templates",
                        "a {}.",
                        "--classes",
                        "a,b",
                        "pom.xml"),
                usage("--classes is missing", "predict", "pom.xml"),
                usage(
                        "--classes contradicts --classes-file",
                        "predict",
                        "--classes",
                        "a,b",
                        "--classes-file",
                        "f",
                        "pom.xml"),
                usage("--output is empty", "encode", "--text", "a", "--output", ""),
                usage("--output is empty", "train", "--data", "bundled", "--output", ""),
                usage("--data is empty", "zero-shot", "--data="),
                usage("--model is empty", "zero-shot", "--model", "", "--data", "d"),
                usage("--json is empty", "doctor", "--json", ""),
                usage("--trace is empty", "train", "--data", "d", "--output", "o", "--trace", ""),
                usage("--libtorch is empty", "doctor", "--libtorch", ""),
                usage("IMAGE is empty", "predict", "--classes", "a,b", ""),
                usage("both name x", "encode", "--text", "a", "--output", "x", "--json", "x"),
                usage(
                        "--output and --image are both pom.xml, which would be overwritten",
                        "encode",
                        "--image",
                        "pom.xml",
                        "--output",
                        "pom.xml"),
                usage("--json and IMAGE are both", "predict", "--classes", "a,b", "--json", "pom.xml", "pom.xml"),
                usage("--json and --data are both", "zero-shot", "--data", "pom.xml", "--json", "pom.xml"),
                usage("both name x", "train", "--data", "pom.xml", "--output", "o", "--trace", "x", "--json", "x"),
                usage(
                        "--json and --trace both ask for standard output",
                        "train",
                        "--data",
                        "pom.xml",
                        "--output",
                        "o",
                        "--trace",
                        "-",
                        "--json",
                        "-"),
                usage("--output cannot be standard output", "encode", "--text", "a", "--output", "-"),
                usage("missing required parameter: 'ROOT'", "verify-data"),
                usage(
                        "there is no data set 'oxford_pet': use imagenet",
                        "verify-data",
                        "src",
                        "--dataset",
                        "oxford_pet"),
                usage("did you mean oxford_pets?", "verify-data", "src", "--dataset", "oxford_pet"),
                usage("--dataset is empty", "verify-data", "src", "--dataset", ""),
                failure("ROOT nowhere is not a folder", "verify-data", "nowhere"),
                failure("--batch-size is 0: use 1 to 65536", "train", "--batch-size", "0"),
                failure("--epochs is 0", "train", "--epochs", "0"),
                failure(
                        "--set context_tokens is 0: use 1 to 64",
                        "train",
                        "--method",
                        "coop",
                        "--set",
                        "context_tokens=0"),
                usage("--set cost is 'x': use a number", "train", "--method", "linear", "--set", "cost=x"),
                failure("--settings nowhere.json cannot be read", "train", "--settings", "nowhere.json"),
                failure("--settings pom.xml is not readable as JSON", "train", "--settings", "pom.xml"),
                usage("--set text: use NAME=VALUE", "train", "--method", "coop", "--set", "text"),
                usage(
                        "--set depth is there twice",
                        "train",
                        "--method",
                        "maple",
                        "--set",
                        "depth=1",
                        "--set",
                        "depth=2"),
                usage("--set initial is empty", "train", "--method", "coop", "--set", "initial="),
                usage("or a text with {} once", "train", "--method", "coop", "--set", "prompts=foo"),
                usage("or a text with {} once", "train", "--method", "coop", "--set", "prompts={}{}"),
                usage(
                        "--crop-scale contradicts augmentation none of --preset bundled",
                        "train",
                        "--preset",
                        "bundled",
                        "--crop-scale",
                        "0.5"),
                usage("--views contradicts --augment none", "train", "--augment", "none", "--views", "2"),
                failure("--epsilon is 0.0", "train", "--method", "lora", "--epsilon", "0"),
                failure("--top-ratio is 0.0", "train", "--top-ratio", "0"),
                failure("--top-ratio is -1.0", "train", "--top-ratio", "-1"),
                failure("--start-layer is 1.5", "train", "--start-layer", "1.5"),
                failure("--start-layer is -1.0", "train", "--start-layer", "-1"),
                failure("--image-lr is NaN", "train", "--image-lr", "NaN"),
                failure("--threads is 0", "doctor", "--threads", "0"),
                failure("--data nowhere does not exist", "zero-shot", "--data", "nowhere"),
                failure(
                        "--model nowhere.pt does not exist",
                        "encode",
                        "--model",
                        "nowhere.pt",
                        "--text",
                        "a",
                        "--output",
                        "x.safetensors"),
                failure("nowhere.png does not exist", "predict", "--classes", "a,b", "nowhere.png"),
                failure("nowhere.png does not exist", "encode", "--image", "nowhere.png", "--output", "x.safetensors"),
                failure("--tuned nowhere is not a folder", "evaluate", "--tuned", "nowhere"),
                failure("--libtorch nowhere is not a folder", "doctor", "--libtorch", "nowhere"),
                failure("--libtorch src holds no libtorch_cpu.so", "doctor", "--libtorch", "src"),
                failure("--classes-file nowhere does not exist", "predict", "--classes-file", "nowhere", "pom.xml"),
                failure("--classes-file src is a folder", "predict", "--classes-file", "src", "pom.xml"),
                failure("its folder", "doctor", "--json", "nowhere/result.json"),
                failure("its folder", "demo", "--report", "nowhere/report.html"));
    }

    private static Arguments usage(String message, String... arguments) {
        return Arguments.of(2, message, arguments);
    }

    private static Arguments failure(String message, String... arguments) {
        return Arguments.of(1, message, arguments);
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("wrong")
    void isOneLine(int status, String message, String... arguments) {
        var run = CommandRun.of(arguments);
        assertThat(run.errorLines())
                .singleElement()
                .asString()
                .startsWith("skip-tuning")
                .contains(message);
        assertThat(run.status()).isEqualTo(status);
        assertThat(run.out()).isEmpty();
    }

    @Test
    void verboseAddsTheTrace() {
        var run = CommandRun.of("zero-shot", "--data", "nowhere", "-v");
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).contains("DataSetException").contains("\tat ");
    }

    @Test
    void outputOfOthersIsLeftAlone() throws Exception {
        Files.createDirectories(folder.resolve("train"));
        Files.writeString(folder.resolve("thesis.txt"), "mine");
        var run = CommandRun.of(
                "train",
                "--data",
                "tests",
                "--data",
                folder.toString(),
                "--output",
                folder.toString(),
                "--model",
                folder.toString());
        assertThat(run.status()).isEqualTo(2);
        String given = Files.createDirectory(folder.resolve("given")).toString();
        run = CommandRun.of("train", "--data", given, "--output", folder.toString(), "--model", given);
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.errorLines())
                .singleElement()
                .asString()
                .contains("holds files that no run of this program made");
        assertThat(folder.resolve("run.json")).doesNotExist();
    }

    @Test
    void anOutputAmongTheClassesIsRefused() throws Exception {
        Files.createDirectories(folder.resolve("cats"));
        var run = CommandRun.of(
                "train",
                "--data",
                folder.toString(),
                "--output",
                folder.resolve("out").toString());
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).contains("where it would count as a class");
        assertThat(folder.resolve("out")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {".git/HEAD", ".profile", "metrics.jsonl", ".locked"})
    void whatLooksEmptyOrLikeARunButIsNoneIsLeftAlone(String file) throws Exception {
        Path other = folder.resolve("other").resolve(file);
        Files.createDirectories(other.getParent());
        Files.createDirectories(folder.resolve("train"));
        Files.writeString(other, "mine");
        var run = CommandRun.of(
                "train",
                "--data",
                folder.toString(),
                "--output",
                folder.resolve("other").toString());
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.errorLines())
                .singleElement()
                .asString()
                .contains("holds files that no run of this program made");
    }

    @Test
    void publishedSchedulesAreShorterOnLargeDataSets() {
        var food = CommandRun.of("train", "--print-config", "--data", "any", "--dataset", "food101");
        assertThat(Json.read(food.out()).path("epochs").asInt()).isEqualTo(5);
        var pets = CommandRun.of("train", "--print-config", "--data", "any", "--dataset", "oxford_pets");
        assertThat(Json.read(pets.out()).path("epochs").asInt()).isEqualTo(20);
        var own = CommandRun.of("train", "--print-config", "--dataset", "food101", "--epochs", "7");
        assertThat(Json.read(own.out()).path("epochs").asInt()).isEqualTo(7);
    }

    @Test
    void printConfigWorksWithoutModelOrData() {
        var run = CommandRun.of("train", "--print-config", "--method", "full", "--lr", "1e-4", "--shots", "8");
        assertThat(run.status()).isZero();
        assertThat(run.err()).isEmpty();
        var settings = Json.read(run.out());
        assertThat(settings.path("method").asString()).isEqualTo("full");
        assertThat(settings.path("learning_rate").asDouble()).isEqualTo(1e-4);
        assertThat(settings.path("image_learning_rate").asDouble()).isEqualTo(1e-4);
        assertThat(settings.path("shots").asInt()).isEqualTo(8);
    }

    @Test
    void presetsAreThePublishedOnes() {
        var paper = Json.read(CommandRun.of("train", "--print-config").out());
        assertThat(paper.path("image_start_layer").asDouble()).isEqualTo(9);
        assertThat(paper.path("top_ratio").asDouble()).isEqualTo(0.05);
        var reference = Json.read(CommandRun.of(
                        "train",
                        "--print-config",
                        "--preset",
                        "reference",
                        "--schedule",
                        "few-shot",
                        "--start-layer",
                        "18,9")
                .out());
        assertThat(reference.path("max_classes").asInt()).isEqualTo(50);
        assertThat(reference.path("epochs").asInt()).isEqualTo(40);
        assertThat(reference.path("image_start_layer").asDouble()).isEqualTo(18);
        assertThat(reference.path("text_start_layer").asDouble()).isEqualTo(9);
    }

    /** What was given is quoted in one line, and is no command for the terminal. */
    @Test
    void whatIsQuotedIsPlain() {
        var lines = CommandRun.of("benchmark", "few-shot", "--plan", "--methods", "sk\u001b[31m\nip")
                .errorLines();
        assertThat(lines)
                .singleElement()
                .asString()
                .contains("there is no method 'sk [31m ip'")
                .doesNotContain("\u001b");
        assertThat(CommandRun.of("benchmark", "few-shot", "--plan", "--methods", "x".repeat(100_000))
                        .err())
                .hasSizeLessThan(3000);
    }
}
