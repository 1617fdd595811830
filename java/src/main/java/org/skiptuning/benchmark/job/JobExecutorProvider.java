package org.skiptuning.benchmark.job;

import java.nio.file.Path;
import java.util.List;

/** Makes executors on a cluster; found on the class path by {@link java.util.ServiceLoader}. */
public interface JobExecutorProvider {
    /**
     * @param master address of the cluster, such as {@code spark://host:7077} or {@code local-cluster[2,1,1024]}
     * @param command starts a process that serves as {@link JobWorker}, on every machine of the cluster alike
     * @param root of the store, in a file system that all of them share
     */
    JobExecutor open(String master, List<String> command, Path root);
}
