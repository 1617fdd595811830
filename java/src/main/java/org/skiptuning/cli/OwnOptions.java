package org.skiptuning.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.skiptuning.Method;
import org.skiptuning.SkipTuningBuilder;
import org.skiptuning.SkipTuningException;
import picocli.CommandLine.Option;

/** {@code --set}: settings that a method has for itself. */
final class OwnOptions {
    @Option(
            names = "--set",
            paramLabel = "NAME=VALUE",
            description =
                    "A setting that the method has for itself, such as context_tokens=8; again for each. `skip-tuning methods"
                            + " METHOD` tells what they are.")
    private List<String> assignments = List.of();

    /**
     * What was given, by name.
     *
     * @throws UsageException if one is there twice
     */
    Map<String, String> values() {
        var values = new LinkedHashMap<String, String>();
        for (String assignment : assignments) {
            int equals = assignment.indexOf('=');
            if (equals < 1) {
                throw new UsageException("--set " + assignment + ": use NAME=VALUE, such as context_tokens=8");
            }
            String name = assignment.substring(0, equals);
            if (values.put(name, assignment.substring(equals + 1)) != null) {
                throw new UsageException("--set " + name + " is there twice: leave one of them out");
            }
        }
        return values;
    }

    /**
     * Says which of them none of several methods has, or one of them not with such a value.
     *
     * @throws UsageException naming it
     */
    void checkAny(List<Method> methods) {
        values().forEach((name, value) -> {
            var having = methods.stream()
                    .filter(method -> method.ownSettings().containsKey(name))
                    .toList();
            if (having.isEmpty()) {
                throw new UsageException("--set " + name + ": no method of --methods has a setting of that name");
            }
            having.forEach(method -> checkKind(method, name, value));
        });
    }

    /**
     * Says which of them the method does not have, or not with such a value.
     *
     * @param optionOf the option for what is a setting of all methods; empty for another name
     */
    void check(Method method, UnaryOperator<String> optionOf) {
        values().forEach((name, value) -> {
            var known = List.copyOf(method.ownSettings().keySet());
            if (!known.contains(name)) {
                throw new UsageException(unknown(method, name, value, known, optionOf.apply(name)));
            }
            checkKind(method, name, value);
        });
    }

    private static void checkKind(Method method, String name, String value) {
        try {
            method.checkKind(name, value);
        } catch (IllegalArgumentException unusable) {
            throw new UsageException("--set " + unusable.getMessage());
        }
    }

    private static String unknown(Method method, String name, String value, List<String> known, String option) {
        if (!option.isEmpty()) {
            return "--set " + name + ": use " + option + " " + value;
        }
        return known.isEmpty()
                ? "--set " + name + ": " + method + " has no settings of its own"
                : "--set: " + Converters.unknown("setting of " + method, name, known);
    }

    /**
     * Those that the method has.
     *
     * @throws SkipTuningException if one is out of range
     */
    void applyTo(SkipTuningBuilder builder, Method method) {
        var having = values();
        having.keySet().retainAll(method.ownSettings().keySet());
        try {
            builder.set(having);
        } catch (IllegalArgumentException outOfRange) {
            throw new SkipTuningException("--set " + outOfRange.getMessage(), outOfRange);
        }
    }
}
