package org.skiptuning.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.skiptuning.Method;
import org.skiptuning.SkipTuningException;
import org.skiptuning.TrainingSettings;
import org.skiptuning.benchmark.Protocol;
import org.skiptuning.report.Prose;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What the methods of a sweep are trained with: options for all that have a use for them, and a file for one. */
final class RecipeOptions {
    @Option(
            names = "--settings",
            paramLabel = "METHOD=FILE",
            description =
                    "Settings of one method, all or some, as train --print-config prints them; again for each. Shots,"
                            + " seed and classes stay those of the sweep.")
    private List<String> assignments = List.of();

    @Mixin
    private final SettingOptions options = new SettingOptions();

    /** Read once: a file that somebody edits meanwhile changes nothing. */
    private Map<Method, SettingsFile> files = Map.of();

    /**
     * Says what is wrong with the options before any work is done, and reads the files.
     *
     * @param methods that take part
     * @param grows whether an earlier sweep's folder gets more of them, whose options are given again
     */
    void check(List<Method> methods, boolean grows) {
        options.check();
        if (!grows) {
            options.checkFor(methods);
        }
        files = read(methods);
    }

    private Map<Method, SettingsFile> read(List<Method> methods) {
        var converter = new Converters.MethodConverter();
        var read = new LinkedHashMap<Method, SettingsFile>();
        for (String assignment : assignments) {
            int equals = assignment.indexOf('=');
            if (equals < 1 || equals == assignment.length() - 1) {
                throw new UsageException("--settings " + assignment + ": use METHOD=FILE");
            }
            Method method = converter.convert(assignment.substring(0, equals));
            SettingsFile file = SettingsFile.read(Path.of(assignment.substring(equals + 1)));
            Optional<Method> ofFile = file.method();
            if (ofFile.isPresent() && !ofFile.get().equals(method)) {
                throw new UsageException("--settings " + assignment + " holds settings of " + ofFile.get()
                        + ": name that method, or another file");
            }
            if (!methods.contains(method)) {
                throw new UsageException(
                        "--settings " + assignment + " is of no use: " + method + " is not among --methods");
            }
            if (read.put(method, file) != null) {
                throw new UsageException("--settings " + method + " is there twice: leave one of them out");
            }
        }
        return read;
    }

    /** What files say, and options overrule; a line each. */
    List<String> overruled() {
        var lines = new ArrayList<String>();
        files.forEach((method, file) -> {
            var options = this.options.overruling(method, file);
            if (!options.isEmpty()) {
                lines.add(Prose.list(options) + " overrules what --settings " + method + "=" + file.path() + " has");
            }
        });
        return lines;
    }

    /** For a report: which settings are from files, by method. */
    List<String> describeFiles() {
        return files.entrySet().stream()
                .map(entry -> entry.getKey() + " with "
                        + entry.getValue().describe() + " of "
                        + entry.getValue().path().getFileName())
                .toList();
    }

    List<Path> files() {
        return files.values().stream().map(SettingsFile::path).toList();
    }

    /**
     * A method's settings, but for seed, classes and what a sweep varies.
     *
     * @throws SkipTuningException if a value is out of range
     */
    TrainingSettings settings(
            Method method,
            int shots,
            Protocol protocol,
            CommonOptions common,
            Optional<String> dataset,
            boolean bundledModel) {
        try {
            var occasion = new SettingOptions.Occasion(
                    protocol.toString(), preset(bundledModel), dataset.orElse(""), bundledModel);
            var builder = options.ofSeveral(method, shots, Optional.ofNullable(files.get(method)), occasion);
            requirePrecision(builder.settings(), common);
            return builder.precision(common.precision()).settings();
        } catch (IllegalArgumentException outOfRange) {
            throw new SkipTuningException(SettingOptions.asOption(String.valueOf(outOfRange.getMessage())), outOfRange);
        }
    }

    /** What all methods of a sweep share, by name. */
    Map<String, String> kind(Protocol protocol, boolean bundledModel) {
        var kind = new LinkedHashMap<String, String>();
        kind.put("preset", options.preset().or(() -> preset(bundledModel)).orElse("paper"));
        kind.put("schedule", options.schedule().orElse(protocol + ", or as the preset has"));
        kind.put("options", options.describe());
        return kind;
    }

    /** Where none is given: the bundled model has one that suits it. */
    private static Optional<String> preset(boolean bundledModel) {
        return bundledModel ? Optional.of("bundled") : Optional.empty();
    }

    /** One for all methods of a sweep. */
    private void requirePrecision(TrainingSettings settings, CommonOptions common) {
        SettingsFile file = files.get(settings.method());
        if (file != null && file.names().contains("precision") && settings.precision() != common.precision()) {
            throw new UsageException("--settings " + file.path() + " holds the precision " + settings.precision()
                    + ": give --precision " + settings.precision() + " for all methods, or leave it out of the file");
        }
    }
}
