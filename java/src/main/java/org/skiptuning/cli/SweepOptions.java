package org.skiptuning.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.skiptuning.Method;
import org.skiptuning.SkipTuningException;
import org.skiptuning.benchmark.Protocol;
import org.skiptuning.benchmark.Study;
import org.skiptuning.benchmark.SweepPlan.Entrant;
import org.skiptuning.benchmark.UsualSweep;
import picocli.CommandLine.Option;

/** What a sweep goes through. */
final class SweepOptions {
    static final String HEADING = "Sweep:";

    /** Ours, the best known, and one that takes seconds. */
    private static final String USUAL_METHODS = "skip,coop,tip-adapter-f";

    private static final double LEAST_FACTOR = 1e-6;
    private static final double MOST_FACTOR = 1e6;

    @Option(
            names = "--methods",
            paramLabel = "NAMES",
            description = "Which, separated by commas, or all. Default: " + USUAL_METHODS
                    + "; on the published data sets all.")
    private Optional<String> methods = Optional.empty();

    @Option(
            names = "--study",
            paramLabel = "NAME",
            completionCandidates = Candidates.Studies.class,
            description =
                    "In place of --methods, Skip Tuning with one thing varied: start-layer (ω), top-ratio (r), lambda"
                            + " (λ), or parts: with and without LSkip and CSkip.")
    private Optional<String> study = Optional.empty();

    @Option(
            names = "--datasets",
            paramLabel = "NAMES",
            split = ",",
            description =
                    "Which below the root, or which tasks of the bundled data; where a protocol transfers, the first"
                            + " is trained on. Default: those of the published figures; of the bundled data what comes nearest.")
    private List<String> datasets = List.of();

    @Option(
            names = "--shots",
            paramLabel = "K",
            split = ",",
            description =
                    "Pictures a class. Default: 16, with few-shot 1,2,4,8,16; on the bundled data 4, with base-to-new"
                            + " 1,4,8, with few-shot 1,2,4.")
    private List<Integer> shots = List.of();

    @Option(
            names = "--seeds",
            paramLabel = "S",
            split = ",",
            description = "Of the runs, in place of --seed; a folder without parts is split by seed 1. Default: 1,2,3.")
    private List<Long> seeds = List.of(1L, 2L, 3L);

    @Option(
            names = "--rate-factors",
            paramLabel = "F",
            split = ",",
            description =
                    "What the recipes' learning rates are multiplied by: of several, what validation pictures choose; one"
                            + " alone is taken without a trial, and needs none. Default: 1.")
    private List<Double> rateFactors = List.of(1.0);

    /** Says what is wrong with the options before any work is done. */
    void check() {
        if (methods.isPresent() && study.isPresent()) {
            throw new UsageException("--methods contradicts --study, which varies skip: leave one of them out");
        }
        study.filter(name -> !Study.names().contains(name)).ifPresent(name -> {
            throw new UsageException(Converters.unknown("study", name, Study.names()));
        });
        for (var count : shots) {
            if (count < 1) {
                throw new SkipTuningException("--shots holds " + count + ": use 1 or more");
            }
        }
        for (var factor : rateFactors) {
            if (!(factor >= LEAST_FACTOR && factor <= MOST_FACTOR)) {
                throw new SkipTuningException(
                        "--rate-factors holds " + factor + ": use numbers from 0.000001 to 1,000,000");
            }
        }
        if (methods.filter(names -> names.replace(",", "").isBlank()).isPresent()) {
            throw new UsageException("--methods names none: use all, or names separated by commas");
        }
        if (seeds.isEmpty() || rateFactors.isEmpty()) {
            throw new UsageException("--seeds and --rate-factors each need a number");
        }
    }

    Optional<Study> study() {
        return study.map(Study::of);
    }

    List<Entrant> entrants(boolean publishedData) {
        if (study.isPresent()) {
            return Study.of(study.get()).entrants();
        }
        String names = methods.orElse(publishedData ? "all" : USUAL_METHODS);
        if (names.equals("all")) {
            return Method.all().stream().map(Entrant::of).toList();
        }
        var converter = new Converters.MethodConverter();
        var chosen = new ArrayList<Entrant>();
        for (String name : names.split(",")) {
            chosen.add(Entrant.of(converter.convert(name)));
        }
        return chosen.stream().distinct().toList();
    }

    List<String> datasets() {
        return datasets;
    }

    List<Integer> shots(Protocol protocol, boolean bundledData) {
        if (!shots.isEmpty()) {
            return shots;
        }
        return bundledData ? UsualSweep.of(protocol).bundledShots() : protocol.publishedShots();
    }

    List<Long> seeds() {
        return seeds;
    }

    List<Double> rateFactors() {
        return rateFactors;
    }
}
