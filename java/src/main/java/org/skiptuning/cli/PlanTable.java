package org.skiptuning.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.skiptuning.Method;
import org.skiptuning.TrainingSettings;
import org.skiptuning.benchmark.SweepPlan;
import org.skiptuning.benchmark.SweepPlan.Entrant;
import org.skiptuning.benchmark.Task;
import org.skiptuning.report.Figures;
import org.skiptuning.report.Prose;

/** What a sweep would run: a line an entrant, and one more where shots change its settings. */
final class PlanTable {
    private static final int LEAST_WIDTH = 24;

    private PlanTable() {}

    static void print(Output out, SweepPlan plan) {
        out.line(
                "%,d %s of %s: %s, %d %s, shots %s, seeds %s",
                plan.runs(),
                plan.runs() == 1 ? "run" : "runs",
                plan.protocol(),
                Prose.list(plan.tasks().stream().map(Task::name).toList()),
                plan.entrants().size(),
                plan.entrants().size() == 1 ? "method" : "methods",
                Prose.list(plan.shots()),
                Prose.list(plan.seeds()));
        for (Task task : plan.tasks()) {
            if (plan.protocol().transfers()) {
                out.line(
                        "Trained on %s; measured on %s",
                        task.training().name(),
                        Prose.list(task.targets().stream()
                                .map(target -> target.data().name())
                                .toList()));
            }
        }
        out.line("");
        int width = plan.entrants().stream()
                .mapToInt(entrant -> entrant.title().length())
                .reduce(LEAST_WIDTH, Math::max);
        String format = "  %-" + width + "s %-16s %-14s %6s  %s";
        out.line(format, "method", "shots", "length", "batch", "learning rate");
        for (Entrant entrant : plan.entrants()) {
            lines(plan, entrant)
                    .forEach((cells, shots) -> out.line(
                            format, entrant.title(), Prose.list(shots), cells.get(0), cells.get(1), cells.get(2)));
        }
        out.line("");
        if (plan.entrants().stream()
                .anyMatch(entrant -> lines(plan, entrant).keySet().stream()
                        .anyMatch(cells -> cells.get(2).contains("/")))) {
            out.line("Of two rates the second is that of pictures, with dept that of its head.");
        }
        if (plan.entrants().stream().map(Entrant::method).anyMatch(plan::chooses)) {
            out.line(
                    "Rates are tried with the factors %s: %d runs a method and data set, of seed %d, on validation pictures.",
                    Prose.list(plan.rateFactors()),
                    plan.shots().size() * plan.rateFactors().size(),
                    plan.seeds().getFirst());
        }
    }

    static Map<String, Object> json(SweepPlan plan) {
        var object = new LinkedHashMap<String, Object>();
        object.put("protocol", plan.protocol().toString());
        object.put("data_sets", plan.dataSets());
        object.put(
                "methods",
                plan.entrants().stream()
                        .map(entrant -> entrant.method().toString())
                        .distinct()
                        .toList());
        object.put(
                "variants",
                plan.entrants().stream()
                        .map(Entrant::variant)
                        .filter(variant -> !variant.isEmpty())
                        .distinct()
                        .toList());
        object.put("shots", plan.shots());
        object.put("seeds", plan.seeds());
        object.put("rate_factors", plan.rateFactors());
        object.put("runs", plan.runs());
        return object;
    }

    /** The shots that share a line, by what it says; of the first data set, for those of a recipe's own are few. */
    private static Map<List<String>, List<Integer>> lines(SweepPlan plan, Entrant entrant) {
        var lines = new LinkedHashMap<List<String>, List<Integer>>();
        for (int shots : plan.shots()) {
            TrainingSettings settings =
                    plan.recipe().of(entrant, plan.tasks().getFirst().training().name(), shots);
            List<String> cells = List.of(length(settings), batch(settings), rate(plan, settings));
            lines.computeIfAbsent(cells, any -> new ArrayList<>()).add(shots);
        }
        return lines;
    }

    private static String length(TrainingSettings settings) {
        if (!settings.method().takes("epochs")) {
            return "–";
        }
        int perShot = settings.stepsPerShot();
        return perShot > 0
                ? perShot + " steps a shot"
                : settings.epochs() + (settings.epochs() == 1 ? " epoch" : " epochs");
    }

    private static String batch(TrainingSettings settings) {
        return settings.method().takes("batch_size") ? Integer.toString(settings.batchSize()) : "–";
    }

    private static String rate(SweepPlan plan, TrainingSettings settings) {
        Method method = settings.method();
        if (!method.takes("learning_rate")) {
            return "–";
        }
        double factor = plan.chooses(method) ? 1 : plan.rateFactors().getFirst();
        String text = Figures.number(factor * settings.learningRate());
        boolean ofImages =
                method.takes("image_learning_rate") && settings.imageLearningRate() != settings.learningRate();
        return ofImages ? text + " / " + Figures.number(factor * settings.imageLearningRate()) : text;
    }
}
