package org.skiptuning.cli;

import java.util.ArrayList;
import java.util.List;

/** The commands, in the order of the help. */
enum Commands {
    DEMO("demo", DemoCommand.class),
    DOCTOR("doctor", DoctorCommand.class),
    VERIFY_DATA("verify-data", VerifyDataCommand.class),
    ENCODE("encode", EncodeCommand.class),
    ZERO_SHOT("zero-shot", ZeroShotCommand.class),
    METHODS("methods", MethodsCommand.class),
    TRAIN("train", TrainCommand.class),
    EVALUATE("evaluate", EvaluateCommand.class),
    PREDICT("predict", PredictCommand.class),
    EXTRACT("extract", ExtractCommand.class),
    BENCHMARK("benchmark", BenchmarkCommand.class),
    ANALYZE("analyze", AnalyzeCommand.class),
    SPEED("speed", SpeedCommand.class),
    PRETRAIN("pretrain", PretrainCommand.class),
    WORKER("worker", WorkerCommand.class),
    COMPLETION("completion", CompletionCommand.class),
    HELP("help", HelpCommand.class);

    private final String text;
    private final Class<?> type;

    Commands(String text, Class<?> type) {
        this.text = text;
        this.type = type;
    }

    /**
     * The commands to set up for a command line: where it names one that works for itself, that one alone. To set up all of
     * them takes a tenth of a second of each start.
     */
    static List<Class<?>> neededFor(String... arguments) {
        for (var command : values()) {
            if (arguments.length > 0
                    && command.text.equals(arguments[0])
                    && ToolCommand.class.isAssignableFrom(command.type)) {
                return List.of(command.type);
            }
        }
        var all = new ArrayList<Class<?>>();
        for (var command : values()) {
            all.add(command.type);
        }
        return all;
    }
}
