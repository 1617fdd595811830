package org.skiptuning.spark;

import java.nio.file.Path;
import java.util.List;
import org.skiptuning.benchmark.job.JobExecutor;
import org.skiptuning.benchmark.job.JobExecutorProvider;

/** {@code benchmark --spark MASTER}. */
public final class SparkExecutorProvider implements JobExecutorProvider {
    @Override
    public JobExecutor open(String master, List<String> command, Path root) {
        return new SparkExecutor(master, command, root);
    }
}
