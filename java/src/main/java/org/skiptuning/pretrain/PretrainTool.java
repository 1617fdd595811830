package org.skiptuning.pretrain;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.skiptuning.data.bundled.BundledData;

/** Runs pre-training with progress on standard error: {@code OUTPUT [--steps N] [--threads N] [--resume]}. */
public final class PretrainTool {
    private PretrainTool() {}

    public static void main(String[] args) {
        var list = Arrays.asList(args);
        var recipe = Recipe.bundled().withSteps(number(list, "--steps", Recipe.bundled().steps()));
        var options = new PretrainOptions(
                Path.of(args[0]),
                list.contains("--resume"),
                "cpu",
                number(list, "--threads", 0),
                number(list, "--save-every", 100),
                number(list, "--probe-every", 250));
        var data = BundledData.open((phase, done, total) -> print(phase + " " + done + "/" + total, done % 1000 == 0));
        var began = System.nanoTime();
        var result = Pretraining.run(recipe, data, options, new PretrainListener() {
            @Override
            public void onStep(int step, int steps, double loss) {
                print(String.format("step %d/%d loss %.4f %.1f s", step, steps, loss, (System.nanoTime() - began) / 1e9),
                        step % 10 == 0 || step < 5);
            }

            @Override
            public void onProbe(int step, double accuracy, double averageAccuracy) {
                print(String.format("step %d validation %.2f %% (average %.2f %%)", step, accuracy, averageAccuracy), true);
            }
        });
        print(result.toString(), true);
    }

    private static void print(String line, boolean wanted) {
        if (wanted) {
            System.err.println(line);
        }
    }

    private static int number(List<String> args, String option, int otherwise) {
        var place = args.indexOf(option);
        return place < 0 ? otherwise : Integer.parseInt(args.get(place + 1));
    }
}
