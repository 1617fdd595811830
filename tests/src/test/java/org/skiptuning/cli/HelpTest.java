package org.skiptuning.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

class HelpTest {
    private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|(\\S+)");

    static Stream<String> commands() {
        return line().getSubcommands().keySet().stream();
    }

    private static CommandLine line() {
        return Main.commandLine(CommandRun.streams(new ByteArrayOutputStream(), new ByteArrayOutputStream()));
    }

    @Test
    void coversTheContract() {
        assertThat(commands())
                .contains(
                        "demo",
                        "doctor",
                        "verify-data",
                        "encode",
                        "zero-shot",
                        "train",
                        "evaluate",
                        "predict",
                        "pretrain",
                        "completion");
    }

    /** A command that works for itself is set up alone, by the name that it is listed under. */
    @ParameterizedTest
    @MethodSource("commands")
    void aCommandIsFoundByItsOwnName(String command) {
        var streams = CommandRun.streams(new ByteArrayOutputStream(), new ByteArrayOutputStream());
        var needed = Main.commandLine(streams, command, "--help").getSubcommands();
        assertThat(needed).containsKey(command);
        if (needed.get(command).getCommand() instanceof ToolCommand) {
            assertThat(needed).hasSize(1);
        } else {
            assertThat(needed).hasSameSizeAs(line().getSubcommands());
        }
    }

    @ParameterizedTest
    @MethodSource("commands")
    void helpGoesToStandardOutputAndFitsTheTerminal(String command) {
        var run = CommandRun.of(command, "--help");
        assertThat(run.status()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).contains("Usage: skip-tuning " + command).contains("Examples:");
        assertThat(run.out().lines())
                .allSatisfy(text -> assertThat(text.length()).isLessThanOrEqualTo(80));
    }

    /** The command line of each example parses, options and all. */
    @ParameterizedTest
    @MethodSource("commands")
    void examplesWorkAsWritten(String command) {
        List<List<String>> examples = examples(CommandRun.of(command, "--help").out());
        assertThat(examples).isNotEmpty();
        for (var example : examples) {
            assertThat(example.getFirst()).isEqualTo(command);
            line().parseArgs(example.toArray(String[]::new));
        }
    }

    private static List<List<String>> examples(String help) {
        String joined = help.substring(help.indexOf("Examples:")).replace("\\\n", " ");
        var examples = new ArrayList<List<String>>();
        var start = Pattern.compile("skip-tuning (\\S[^)>]*)").matcher(joined);
        while (start.find()) {
            for (String text : start.group(1).lines().limit(1).toList()) {
                examples.add(WORD.matcher(text)
                        .results()
                        .map(word -> word.group(1) == null ? word.group(2) : word.group(1))
                        .toList());
            }
        }
        return examples;
    }

    @Test
    void theProgramAloneSaysWhatItCan() {
        var run = CommandRun.of();
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains("Commands:", "zero-shot", "Exit status");
    }

    @Test
    void helpIsACommandAsWell() {
        assertThat(CommandRun.of("help", "train").out())
                .isEqualTo(CommandRun.of("train", "--help").out());
        assertThat(CommandRun.of("help").out())
                .isEqualTo(CommandRun.of("--help").out());
        var wrong = CommandRun.of("help", "trian");
        assertThat(wrong.status()).isEqualTo(2);
        assertThat(wrong.err()).contains("did you mean train?");
    }

    @Test
    void versionNamesProgramAndJava() {
        assertThat(CommandRun.of("--version").out()).contains("skip-tuning ").contains("Java ");
    }

    @Test
    void completionIsAScriptThatKnowsTheCommands() {
        var run = CommandRun.of("completion");
        assertThat(run.status()).isZero();
        assertThat(run.out())
                .startsWith("#!")
                .contains("complete -F")
                .containsSubsequence("$ZSH_VERSION", "compinit", "bashcompinit", "complete -F")
                .contains("zero-shot")
                .contains("--start-layer")
                .contains("cross-dataset") // a value of --schedule
                .contains("glyphs")
                .contains("oxford_pets");
    }
}
