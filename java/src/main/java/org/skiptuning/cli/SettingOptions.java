package org.skiptuning.cli;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.skiptuning.Method;
import org.skiptuning.Presets;
import org.skiptuning.SkipTuning;
import org.skiptuning.SkipTuningBuilder;
import org.skiptuning.TrainingSettings;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The hyper-parameters; what is not given comes from the preset and the schedule. */
final class SettingOptions {
    static final String HEADING = "Training:";

    private static final String BUNDLED = "bundled";

    private static final Pattern LEADING_NAME = Pattern.compile("^(?:[a-z]+(?:[A-Z][a-z]*)*|Start layer)(?= is )");

    @Option(
            names = "--preset",
            completionCandidates = Candidates.Presets.class,
            paramLabel = "NAME",
            description =
                    "paper (ω 9, r 0.05) and reference, the public implementation's defaults (ω 6, r 0.5, at most 50), of skip; or bundled, what suits the bundled model, of every method. Default: of a sweep with the bundled model bundled; else paper with skip, none with others.")
    private Optional<String> preset = Optional.empty();

    @Option(
            names = "--schedule",
            completionCandidates = Candidates.Schedules.class,
            paramLabel = "NAME",
            description =
                    "The method's published rates, epochs, warm-up and batch in a protocol: base-to-new, cross-dataset, domain, few-shot. Default: base-to-new.")
    private Optional<String> schedule = Optional.empty();

    @Mixin
    private final OwnOptions own = new OwnOptions();

    @Mixin
    private final SkippingOptions skipping = new SkippingOptions();

    @Mixin
    private final StepOptions steps = new StepOptions();

    @Mixin
    private final AugmentationOptions augmentation = new AugmentationOptions();

    @Option(
            names = "--templates",
            completionCandidates = Candidates.Templates.class,
            paramLabel = "T",
            description =
                    "Prompts: skip-tuning, coop, or a text with {} for the class name. Default: the method's; with the bundled model its own.")
    private Optional<String> templates = Optional.empty();

    /**
     * What a method's settings hang on beside options and files.
     *
     * @param schedule of the protocol, where none was given
     * @param preset where none was given; empty for none
     * @param dataSet for those that recipes treat apart; else empty
     * @param bundled whether it trains the bundled model
     */
    record Occasion(String schedule, Optional<String> preset, String dataSet, boolean bundled) {}

    /**
     * Says what is wrong with them for any method, before any work is done.
     *
     * @throws UsageException for unknown names, and options that contradict each other
     */
    void check() {
        preset.ifPresent(name -> requireKnown("preset", name, Presets.names()));
        schedule.ifPresent(name -> requireKnown("schedule", name, Presets.schedules()));
        skipping.refuseContradictions();
        steps.refuseContradictions();
    }

    /** @throws UsageException naming what means nothing to a method that trains alone */
    void checkFor(Method method) {
        List<String> refused = given().filter(option -> option.isGiven() && !method.takes(option.setting()))
                .map(GivenOption::option)
                .toList();
        if (!refused.isEmpty()) {
            throw new UsageException("--method " + method + " has no use for " + String.join(", ", refused) + ": leave "
                    + (refused.size() == 1 ? "it" : "them") + " out");
        }
        if (preset.isPresent() && !preset.get().equals(BUNDLED) && !method.equals(Method.SKIP)) {
            throw new UsageException("--preset " + preset.get() + " is Skip Tuning's, which contradicts --method "
                    + method + ": use --preset bundled, or none");
        }
        own.check(method, name -> optionOf(method, name));
    }

    /** @throws UsageException naming what means nothing to any of several methods */
    void checkFor(List<Method> methods) {
        List<String> refused = given().filter(GivenOption::isGiven)
                .filter(option -> methods.stream().noneMatch(method -> isOf(method, option)))
                .map(GivenOption::option)
                .toList();
        if (!refused.isEmpty()) {
            throw new UsageException("No method of --methods has a use for " + String.join(", ", refused) + ": leave "
                    + (refused.size() == 1 ? "it" : "them") + " out");
        }
        if (isAutomatic()) {
            throw new UsageException("auto is of one run: let analyze tell what to give to all of them");
        }
        own.checkAny(methods);
    }

    /** The option of a setting that all methods have, by the name of either; empty where this one has no use for it. */
    private String optionOf(Method method, String name) {
        return given().filter(option ->
                        option.setting().equals(name) || option.option().equals("--" + name.replace('_', '-')))
                .filter(option -> method.takes(option.setting()))
                .findFirst()
                .map(GivenOption::option)
                .orElse("");
    }

    /**
     * The settings in the order schedule of the protocol, preset, schedule, file, options, words of the bundled model;
     * each overrules those before. The bundled preset has lengths and rates of its own for every protocol.
     *
     * @param usable which options the method has a use for
     */
    private SkipTuningBuilder builder(
            Method method,
            Optional<Integer> shots,
            Optional<SettingsFile> file,
            Predicate<GivenOption<?>> usable,
            Occasion occasion) {
        SkipTuningBuilder builder = SkipTuning.builder(method);
        shots.or(() -> file.flatMap(SettingsFile::shots)).ifPresent(builder::shots);
        Optional<String> chosen =
                preset.or(occasion::preset).filter(name -> name.equals(BUNDLED) || method.equals(Method.SKIP));
        if (!chosen.equals(Optional.of(BUNDLED))) {
            builder.schedule(occasion.schedule(), occasion.dataSet());
        }
        chosen.ifPresent(builder::preset);
        schedule.ifPresent(name -> builder.schedule(name, occasion.dataSet()));
        file.ifPresent(settings -> settings.applyTo(builder));
        given().filter(usable).forEach(option -> option.applyTo(builder));
        own.applyTo(builder, method);
        if (occasion.bundled()) {
            builder.wordsOfBundledModel(namesGiven(file));
        }
        return builder;
    }

    /**
     * For one method, all of whose options have to mean something.
     *
     * @throws IllegalArgumentException if a value is out of range
     */
    SkipTuningBuilder ofOne(Method method, Optional<Integer> shots, Optional<SettingsFile> file, Occasion occasion) {
        return builder(method, shots, file, option -> true, occasion);
    }

    /**
     * For one of several: it takes of the options what means something to it.
     *
     * @throws IllegalArgumentException if a value is out of range
     */
    SkipTuningBuilder ofSeveral(Method method, int shots, Optional<SettingsFile> file, Occasion occasion) {
        return builder(method, Optional.of(shots), file, option -> isOf(method, option), occasion);
    }

    /**
     * Whether one of several methods takes an option: the iterations of a probe are no epochs over batches, and what Skip
     * Tuning skips is another method's where it skips, too.
     */
    private boolean isOf(Method method, GivenOption<?> option) {
        boolean own = method.equals(Method.SKIP);
        return switch (option.option()) {
            case "--epochs" -> method.takes("batch_size");
            case "--lskip", "--cskip" -> method.takes(option.setting());
            case "--start-layer" -> own || method.takes(option.setting()) && skipping.skipsLayers();
            case "--top-ratio", "--lambda", "--max-classes", "--mask" ->
                own || method.takes(option.setting()) && skipping.skipsClasses();
            default -> method.takes(option.setting());
        };
    }

    /** Options that one of several methods takes, and so overrule its file, as the file names their settings. */
    List<String> overruling(Method method, SettingsFile file) {
        return given().filter(option -> option.isGiven() && isOf(method, option))
                .filter(option -> file.names().contains(option.setting()))
                .map(GivenOption::option)
                .toList();
    }

    private Stream<GivenOption<?>> given() {
        return Stream.of(
                        skipping.given(this::skipTuning),
                        steps.given(),
                        augmentation.given(),
                        List.<GivenOption<?>>of(
                                new GivenOption<>("--templates", "templates", templates, SkipTuningBuilder::templates)))
                .flatMap(List::stream);
    }

    /** What it skips, by the preset that was chosen. */
    private TrainingSettings skipTuning() {
        var builder = SkipTuning.builder();
        preset.ifPresent(builder::preset);
        return builder.settings();
    }

    /** Settings that the user gave a value of. */
    private Set<String> namesGiven(Optional<SettingsFile> file) {
        var names = new TreeSet<>(own.values().keySet());
        file.ifPresent(settings -> names.addAll(settings.names()));
        templates.ifPresent(text -> names.add("templates"));
        return names;
    }

    /**
     * @param source the option that what was not given comes from
     * @throws UsageException naming options that these settings leave without meaning
     */
    void refuseWithoutMeaning(TrainingSettings settings, String source) {
        steps.refuseOtherOptimizers(settings, source);
        augmentation.refuseWithoutAugmentation(settings, source);
    }

    /** Options that were given, with their values, as a text. */
    String describe() {
        var all = Stream.concat(
                given().filter(GivenOption::isGiven)
                        .map(option -> option.option() + " " + option.value().orElseThrow()),
                own.values().entrySet().stream().map(entry -> "--set " + entry.getKey() + "=" + entry.getValue()));
        return all.collect(Collectors.joining(" "));
    }

    Optional<String> preset() {
        return preset;
    }

    Optional<String> schedule() {
        return schedule;
    }

    /** Whether neither the rates nor a preset or schedule were chosen. */
    boolean hasPublishedRates() {
        return preset.isEmpty() && schedule.isEmpty() && !steps.hasRates();
    }

    /** Whether analyses are to choose something before the training. */
    boolean isAutomatic() {
        return skipping.choosesStartLayers() || skipping.choosesTopRatio();
    }

    SkippingOptions skipping() {
        return skipping;
    }

    private static void requireKnown(String what, String given, List<String> known) {
        if (!known.contains(given)) {
            throw new UsageException(Converters.unknown(what, given, known));
        }
    }

    /** The library names the setting, the user knows the option: {@code batchSize is 0} becomes {@code --batch-size is 0}. */
    static String asOption(String message) {
        return LEADING_NAME.matcher(message).replaceFirst(found -> "--" + optionName(found));
    }

    private static String optionName(MatchResult found) {
        return switch (found.group()) {
            case "learningRate" -> "lr";
            case "imageLearningRate" -> "image-lr";
            case "warmupLearningRate" -> "warmup-lr";
            case "finalLearningRate" -> "final-lr";
            case "Start layer" -> "start-layer";
            default -> found.group().replaceAll("([A-Z])", "-$1").toLowerCase(java.util.Locale.ROOT);
        };
    }
}
