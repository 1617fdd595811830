package org.skiptuning.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import org.skiptuning.Device;
import org.skiptuning.SkipTuningException;
import org.skiptuning.benchmark.Shard;
import org.skiptuning.benchmark.job.JobExecutor;
import org.skiptuning.benchmark.job.JobExecutorProvider;
import org.skiptuning.benchmark.job.SequentialExecutor;
import org.skiptuning.benchmark.job.Surroundings;
import org.skiptuning.benchmark.job.WorkerExecutor;
import org.skiptuning.benchmark.job.Workplace;
import org.skiptuning.speed.Machine;
import picocli.CommandLine.Option;

/** In which processes and on which machines jobs are done. */
final class ExecutorOptions {
    static final String HEADING = "Processes and machines:";

    private static final int MOST_ELSEWHERE = 1024;

    @Option(
            names = "--workers",
            paramLabel = "N",
            description = "Processes that share the jobs, so that a crash costs one of them: on cards one each, on the"
                    + " processor each with its share of --threads. Default: this process alone.")
    private Optional<Integer> workers = Optional.empty();

    @Option(
            names = "--spark",
            paramLabel = "MASTER",
            description =
                    "Run on a Spark cluster, such as spark://host:7077, that shares --data, --model and --output; wants"
                            + " the module skip-tuning-spark.")
    private Optional<String> spark = Optional.empty();

    @Option(
            names = "--shard",
            paramLabel = "I/N",
            converter = Converters.ShardConverter.class,
            description = "Do the I-th of N parts; when all are done, give the same command without it.")
    private Shard shard = Shard.ALL;

    /** Says what is wrong with the options before any work is done. */
    void check() {
        check(false);
    }

    /** @param elsewhere whether another machine, of which only a plan is made, would have them */
    void check(boolean elsewhere) {
        int most = elsewhere ? MOST_ELSEWHERE : Machine.processors();
        if (workers.isPresent() && (workers.get() < 1 || workers.get() > most)) {
            throw new SkipTuningException("--workers is " + workers.get() + ": use 1 to " + most);
        }
        GivenOption.contradict("--workers", workers, "--spark, which has executors of its own", spark);
    }

    /** Workers of this machine. */
    int sideBySide() {
        return workers.orElse(1);
    }

    /** Cards of another machine that workers share, one each. */
    int cards() {
        return sideBySide();
    }

    /**
     * Cards of this machine that they share: several on one card, or on the processor, take as long as one.
     *
     * @param anyDevice as {@link #open} has it
     */
    int cards(String device, boolean anyDevice) {
        return Math.min(sideBySide(), devices(device, anyDevice).size());
    }

    private static List<String> devices(String device, boolean anyDevice) {
        return anyDevice && device.startsWith("cuda")
                ? Device.cards().stream().map(Device::toString).toList()
                : List.of(device);
    }

    Shard shard() {
        return shard;
    }

    /**
     * @param workplace taken over where this process does the jobs; else its model is closed
     * @param anyDevice whether workers may take all cards of the machine, and not only the one that the surroundings name
     * @param root of the store
     * @throws SkipTuningException if Spark is asked for and is not there
     */
    JobExecutor open(Workplace workplace, Surroundings surroundings, boolean anyDevice, Path root) {
        if (spark.isPresent()) {
            workplace.close();
            return ServiceLoader.load(JobExecutorProvider.class)
                    .findFirst()
                    .orElseThrow(
                            () -> new SkipTuningException("--spark wants the module skip-tuning-spark and Spark on the"
                                    + " class path: see docs/sweeps.md"))
                    .open(spark.get(), WorkerCommand.command(), root.toAbsolutePath());
        }
        if (workers.isEmpty()) {
            return new SequentialExecutor(workplace);
        }
        workplace.close();
        int threads = surroundings.threads() == 0 ? Machine.processors() : surroundings.threads();
        List<String> devices = devices(surroundings.device(), anyDevice);
        var places = new ArrayList<WorkerExecutor.Place>();
        for (int worker = 0; worker < workers.get(); worker++) {
            String device = devices.get(worker % devices.size());
            places.add(new WorkerExecutor.Place(device, Math.max(1, threads / workers.get())));
        }
        return new WorkerExecutor(places, WorkerCommand.command(), root.toAbsolutePath());
    }
}
