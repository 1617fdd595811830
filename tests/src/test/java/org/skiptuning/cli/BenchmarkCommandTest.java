package org.skiptuning.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Comparisons of methods by the command line. */
class BenchmarkCommandTest {
    @TempDir
    Path folder;

    private Path model = Path.of("");

    private Path data = Path.of("");

    @BeforeEach
    void prepare() throws Exception {
        model = TinyClip.write(folder.resolve("model"), 3);
        data = TinyPictures.write(folder.resolve("pictures"), 4, 3);
    }

    private static JsonNode json(String... arguments) {
        var all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--json", "-"));
        var run = CommandRun.of(all.toArray(String[]::new));
        assertThat(run.errors()).isEmpty();
        assertThat(run.status()).isZero();
        return Json.read(run.out());
    }

    @Test
    void methodsAreComparedByOneCommand() throws Exception {
        var output = folder.resolve("comparison");
        var plan = CommandRun.of(
                "benchmark", "base-to-new", "--methods", "skip,coop", "--rate-factors", "0.1,0.3,1,3,10", "--plan");
        assertThat(plan.out())
                .startsWith("49 runs of base-to-new: glyphs, 2 methods, shots 1, 4 and 8, seeds 1, 2 and 3")
                .containsPattern("Skip Tuning +1, 4 and 8 +10 epochs +16 +0.001")
                .contains("factors 0.1, 0.3, 1, 3 and 10: 15 runs a method and data set, of seed 1");
        assertThat(CommandRun.of(comparison(output)).errorLines())
                .singleElement()
                .asString()
                .contains("has no validation pictures to choose learning rates by", "val/", "--rate-factors 1");
        addValidation();
        var oneEpoch = new ArrayList<>(List.of(comparison(folder.resolve("short"))));
        oneEpoch.set(oneEpoch.indexOf("--epochs") + 1, "1");
        assertThat(CommandRun.of(oneEpoch.toArray(String[]::new)).err())
                .contains("All epochs of clip-adapter are warm-up, at a rate that no factor changes");
        var result = json(comparison(output));
        assertThat(result.path("rows")).hasSize(2);
        assertThat(result.path("rows").get(0).path("h").isNumber()).isTrue();
        assertThat(result.path("rows").get(0).path("h_deviation").isNull()).isTrue();
        assertThat(output.resolve("report.md")).content().contains("| CLIP-Adapter | ");
        var otherwise = new ArrayList<>(List.of(comparison(output)));
        otherwise.set(otherwise.indexOf("--epochs") + 1, "3");
        assertThat(CommandRun.of(otherwise.toArray(String[]::new)).errorLines())
                .singleElement()
                .asString()
                .contains(
                        "holds a sweep with options --epochs 2 instead of --epochs 3; name another --output, or give the same");
        assertThat(output.resolve("time-pictures-2-shots.png")).isNotEmptyFile();
        assertThat(CommandRun.of("benchmark").errorLines())
                .singleElement()
                .asString()
                .contains("the protocol is missing: use base-to-new");
        assertThat(CommandRun.of("benchmark", "base-to-old").errorLines())
                .singleElement()
                .asString()
                .contains(
                        "there is no protocol 'base-to-old': use base-to-new, cross-dataset, domain, few-shot; did you mean base-to-new?");
        assertThat(CommandRun.of("benchmark", "base-to-new", "--methods", "skp", "--plan")
                        .errorLines())
                .singleElement()
                .asString()
                .contains("there is no method 'skp'");
    }

    /** MaPLe's nine blocks do not fit; the rest is reported, and the status tells. */
    @Test
    void aFailedRunFailsTheComparison() {
        var arguments = new ArrayList<>(List.of(comparison(folder.resolve("comparison"))));
        arguments.set(arguments.indexOf("clip-adapter,tip-adapter"), "maple,tip-adapter");
        arguments.set(arguments.indexOf("1,2"), "1");
        var run = CommandRun.of(arguments.toArray(String[]::new));
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.out()).contains("MaPLe (1 failed)", "| Tip-Adapter | ");
        arguments.add("-q");
        assertThat(CommandRun.of(arguments.toArray(String[]::new)).errorLines())
                .singleElement()
                .asString()
                .contains("1 of the runs failed");
        assertThat(run.err())
                .contains(
                        "skip-tuning benchmark: 1 of the runs failed, which the report in ",
                        "the same command does them again");
    }

    @Test
    void oneFactorNeedsNoValidationPictures() {
        var arguments = new ArrayList<>(List.of(comparison(folder.resolve("comparison"))));
        arguments.set(arguments.indexOf("1,2"), "2");
        var result = json(arguments.toArray(String[]::new));
        assertThat(result.path("rows").get(0).path("method").asString()).isEqualTo("clip-adapter");
        assertThat(result.path("rows").get(0).path("rate_factor").asDouble()).isEqualTo(2);
    }

    @Test
    void aComparisonTakesPresetScheduleAndSettings() throws Exception {
        assertThat(plan("--preset", "paper", "--methods", "skip").out()).contains("20 epochs", "0.00002 / 0.000005");
        assertThat(plan("--schedule", "few-shot", "--preset", "paper", "--methods", "skip")
                        .out())
                .contains("40 epochs");
        var file = Files.writeString(folder.resolve("settings.json"), "{\"learning_rate\": 0.07, \"shots\": 9}");
        assertThat(plan("--settings", "coop=" + file, "--methods", "coop,skip").out())
                .containsPattern("CoOp +1, 4 and 8 .* 0.07")
                .containsPattern("Skip Tuning .* 0.001");
        assertThat(plan("--settings", "coop=" + file, "--methods", "skip").errorLines())
                .singleElement()
                .asString()
                .contains("is of no use: coop is not among --methods");
        assertThat(plan("--settings", "coop=" + file, "--settings", "CoOp=" + file)
                        .errorLines())
                .singleElement()
                .asString()
                .contains("--settings coop is there twice");
        var half = Files.writeString(folder.resolve("half.json"), "{\"precision\": \"bf16\"}");
        assertThat(plan("--settings", "coop=" + half).errorLines())
                .singleElement()
                .asString()
                .contains("holds the precision bf16: give --precision bf16 for all methods");
        var other = Files.writeString(folder.resolve("other.json"), "{\"method\": \"maple\"}");
        assertThat(plan("--settings", "coop=" + other).errorLines())
                .singleElement()
                .asString()
                .contains("holds settings of maple");
        assertThat(plan("--schedule", "few").errorLines())
                .singleElement()
                .asString()
                .contains("there is no schedule 'few'");
        assertThat(plan("--seed", "4").errorLines()).singleElement().asString().contains("give --seeds 4 instead");
    }

    /** The paper's sweep can be planned before there are pictures and a model. */
    @Test
    void aPlanTellsWhatIsNotThereYet() throws Exception {
        var nowhere = folder.resolve("nowhere").toString();
        var machine = Files.writeString(folder.resolve("machine.json"), """
                {"precision": "fp32", "machine": {"gemm_gflops": 500, "processors": 2, "processor": "A", "device": "cpu"}}
                """).toString();
        var plan = plan(
                "--data",
                nowhere,
                "--model",
                nowhere + ".pt",
                "--config",
                "ViT-B-16",
                "--machine",
                machine,
                "--methods",
                "skip");
        assertThat(plan.err()).isEmpty();
        assertThat(plan.out())
                .startsWith("44 runs of base-to-new: imagenet, caltech101, ")
                .contains("Not below " + nowhere + " yet: imagenet, caltech101, ")
                .contains("verify-data " + nowhere + " tells what to fetch")
                .containsPattern("About \\d+ .* on A at 500 GFLOP/s");
        assertThat(plan("--data", nowhere).out()).contains(" 16 methods, ", "How long it takes can be told when");
        assertThat(plan("--data", data.toString()).out())
                .contains(" 3 methods, ")
                .doesNotContain("Not below");
        var half = Files.writeString(
                folder.resolve("half.json"), Files.readString(Path.of(machine)).replace("fp32", "bf16"));
        for (var wrong : List.of(half.toString(), nowhere, data.toString(), model + "/open_clip_config.json")) {
            assertThat(plan("--machine", wrong).errorLines())
                    .singleElement()
                    .asString()
                    .startsWith("skip-tuning benchmark: --machine " + wrong);
        }
    }

    /** What is done is not counted again. */
    @Test
    void aPlanKnowsWhatIsDone() {
        var output = folder.resolve("comparison");
        var arguments = new ArrayList<>(List.of(comparison(output)));
        arguments.set(arguments.indexOf("1,2"), "1");
        assertThat(CommandRun.of(arguments.toArray(String[]::new)).status()).isZero();
        arguments.set(arguments.indexOf("--seeds") + 1, "1,2");
        arguments.add("--plan");
        assertThat(CommandRun.of(arguments.toArray(String[]::new)).out())
                .startsWith("5 runs of base-to-new")
                .contains("3 are done in " + output + ", and 2 left.");
        arguments.set(arguments.indexOf("--epochs") + 1, "3");
        assertThat(CommandRun.of(arguments.toArray(String[]::new)).errorLines())
                .singleElement()
                .asString()
                .contains("holds a sweep with options --epochs 2 instead of --epochs 3");
    }

    /** Said once and before any run: what would fail each of them. */
    @Test
    void whatFailsAllRunsIsSaidFirst() throws Exception {
        var output = folder.resolve("none");
        var arguments = new ArrayList<>(List.of(comparison(output)));
        arguments.set(arguments.indexOf("clip-adapter,tip-adapter"), "skip");
        arguments.set(arguments.indexOf("1,2"), "1");
        arguments.addAll(List.of("--start-layer", "99"));
        assertThat(CommandRun.of(arguments.toArray(String[]::new)).errorLines())
                .singleElement()
                .asString()
                .contains("Skip Tuning: Start layer 99 leaves no block of the image tower to train: use 0 to 3");
        arguments.add("--plan");
        assertThat(CommandRun.of(arguments.toArray(String[]::new)).status()).isNotZero();
        Files.move(data.resolve("test"), folder.resolve("aside"));
        Files.createDirectories(data.resolve("test"));
        var untested = new ArrayList<>(List.of(comparison(output)));
        untested.set(untested.indexOf("1,2"), "1");
        assertThat(CommandRun.of(untested.toArray(String[]::new)).errorLines())
                .last()
                .asString()
                .contains("no test pictures");
        assertThat(output.resolve("pictures")).doesNotExist();
        for (var factor : List.of("0", "1e-9", "1e7", "nan")) {
            assertThat(plan("--rate-factors", factor).errorLines())
                    .singleElement()
                    .asString()
                    .contains("--rate-factors");
        }
        assertThat(plan("--settings", "skip=").errorLines())
                .singleElement()
                .asString()
                .contains("use METHOD=FILE");
    }

    /** Accuracies over fewer pictures than there are say so, on the screen and in the report. */
    @Test
    void picturesThatAreLeftOutAreTold() throws Exception {
        Files.writeString(data.resolve("test/red brick/0.png"), "no picture");
        var output = folder.resolve("bad");
        var arguments = new ArrayList<>(List.of(comparison(output)));
        arguments.set(arguments.indexOf("1,2"), "1");
        arguments.add("--skip-bad-images");
        var run = CommandRun.of(arguments.toArray(String[]::new));
        assertThat(run.status()).isZero();
        assertThat(run.err()).contains("1 cannot be read, and are left out");
        assertThat(output.resolve("report.md"))
                .content()
                .contains("## What runs warned of", "1 cannot be read, and are left out");
    }

    private static CommandRun plan(String... more) {
        var arguments = new ArrayList<>(List.of("benchmark", "base-to-new", "--plan"));
        arguments.addAll(List.of(more));
        return CommandRun.of(arguments.toArray(String[]::new));
    }

    private void addValidation() throws Exception {
        TinyPictures.write(folder.resolve("more"), 1, 1);
        Files.move(folder.resolve("more/train"), data.resolve("val"));
    }

    private String[] comparison(Path output) {
        return new String[] {
            "benchmark",
            "base-to-new",
            "--methods",
            "clip-adapter,tip-adapter",
            "--shots",
            "2",
            "--seeds",
            "1",
            "--epochs",
            "2",
            "--rate-factors",
            "1,2",
            "--model",
            model.toString(),
            "--data",
            data.toString(),
            "--output",
            output.toString()
        };
    }
}
