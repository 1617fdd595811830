package org.skiptuning.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.skiptuning.Method;
import org.skiptuning.TrainingSettings;
import org.skiptuning.benchmark.BaseToNew;
import org.skiptuning.report.Figures;
import org.skiptuning.report.Prose;

/** What a comparison would run: a line a method, and one more where shots change its settings. */
final class PlanTable {
    private static final String FORMAT = "  %-14s %-12s %-14s %6s  %s";

    private PlanTable() {}

    static void print(Output out, BaseToNew.Plan plan) {
        out.line(
                "%d %s: %d %s, shots %s, seeds %s",
                plan.runs(),
                plan.runs() == 1 ? "run" : "runs",
                plan.methods().size(),
                plan.methods().size() == 1 ? "method" : "methods",
                Prose.list(plan.shots()),
                Prose.list(plan.seeds()));
        out.line("");
        out.line(FORMAT, "method", "shots", "length", "batch", "learning rate");
        for (Method method : plan.methods()) {
            lines(plan, method)
                    .forEach((cells, shots) ->
                            out.line(FORMAT, method, Prose.list(shots), cells.get(0), cells.get(1), cells.get(2)));
        }
        out.line("");
        out.line("Of two rates the second is that of pictures, with dept that of its head.");
        if (plan.methods().stream().anyMatch(plan::chooses)) {
            out.line(
                    "Rates are tried with the factors %s: %d runs a method, of seed %d, on validation pictures.",
                    Prose.list(plan.rateFactors()),
                    plan.shots().size() * plan.rateFactors().size(),
                    plan.seeds().getFirst());
        }
    }

    /** The shots that share a line, by what it says. */
    private static Map<List<String>, List<Integer>> lines(BaseToNew.Plan plan, Method method) {
        var lines = new LinkedHashMap<List<String>, List<Integer>>();
        for (int shots : plan.shots()) {
            TrainingSettings settings = plan.recipe().of(method, shots);
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

    private static String rate(BaseToNew.Plan plan, TrainingSettings settings) {
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
