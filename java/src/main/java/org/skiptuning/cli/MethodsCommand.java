package org.skiptuning.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.skiptuning.Method;
import org.skiptuning.SkipTuning;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code methods}. */
@Command(
        name = "methods",
        header = "The methods, and what each of them can be told.",
        description = "With a name: what it does, where it was published, and the settings it has for itself (--set).",
        customSynopsis = "skip-tuning methods [METHOD] [OPTIONS]",
        footer = {"  skip-tuning methods", "  skip-tuning methods coop", "  skip-tuning methods --json methods.json"})
final class MethodsCommand extends ToolCommand {
    @Parameters(
            paramLabel = "METHOD",
            arity = "0..1",
            completionCandidates = Candidates.Methods.class,
            converter = Converters.MethodConverter.class,
            description = "One of them.")
    private Optional<Method> method = Optional.empty();

    @Override
    int run(Output output) {
        method.ifPresentOrElse(chosen -> print(output, chosen), () -> printAll(output));
        output.json(Map.of(
                "methods",
                method.map(List::of).orElseGet(Method::all).stream()
                        .map(MethodsCommand::json)
                        .toList()));
        return 0;
    }

    private static void printAll(Output output) {
        int width = Method.all().stream()
                .mapToInt(method -> method.toString().length())
                .max()
                .orElse(1);
        for (Method method : Method.all()) {
            output.line("%-" + width + "s  %s", method, method.about());
        }
    }

    private static void print(Output output, Method method) {
        output.line("%s: %s", method.title(), method.about());
        output.line("Source: %s", method.source());
        output.line(
                "Leaves %s.",
                method.leavesOrdinaryModel()
                        ? "an ordinary CLIP checkpoint"
                        : "method.safetensors, which belongs to the model it was trained on");
        if (!method.knowsOtherClasses()) {
            output.line("Knows only the classes that it is trained on.");
        }
        output.line("");
        if (method.ownSettings().isEmpty()) {
            output.line("It has no settings of its own; train --help names those of all methods.");
        } else {
            output.line("Settings of its own, for train --set NAME=VALUE:");
            int width = method.ownSettings().keySet().stream()
                    .mapToInt(String::length)
                    .max()
                    .orElse(1);
            method.ownSettings().forEach((name, about) -> output.line("  %-" + width + "s  %s", name, about));
        }
    }

    private static Map<String, Object> json(Method method) {
        var object = new LinkedHashMap<String, Object>();
        object.put("name", method.toString());
        object.put("title", method.title());
        object.put("about", method.about());
        object.put("source", method.source());
        object.put("leaves_ordinary_model", method.leavesOrdinaryModel());
        object.put("knows_other_classes", method.knowsOtherClasses());
        object.put("own_settings", method.ownSettings());
        object.put("settings", Json.settings(SkipTuning.builder(method).settings()));
        return object;
    }
}
