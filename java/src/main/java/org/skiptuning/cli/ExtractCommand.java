package org.skiptuning.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.skiptuning.Clip;
import org.skiptuning.FeatureExtraction;
import org.skiptuning.FeatureFiles;
import org.skiptuning.FeatureLayout;
import org.skiptuning.SkipTuningException;
import org.skiptuning.TrainingSettings;
import org.skiptuning.benchmark.Shard;
import org.skiptuning.benchmark.job.DataReference;
import org.skiptuning.benchmark.job.Job;
import org.skiptuning.benchmark.job.JobExecutor;
import org.skiptuning.benchmark.job.JobOutcome;
import org.skiptuning.benchmark.job.JobStore;
import org.skiptuning.benchmark.job.Surroundings;
import org.skiptuning.benchmark.job.Workplace;
import org.skiptuning.data.DataSet;
import org.skiptuning.report.Figures;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code extract}. */
@Command(
        name = "extract",
        header = "Puts training pictures' features after the frozen blocks on disk, in parts.",
        description = {
            "Takes the options of train, and does the part of it that passes pictures through the frozen blocks; train"
                    + " --features DIR takes what it left, and comes to the same to the bit. Worth it for large data sets and for"
                    + " many runs on the same pictures. Parts that are finished are skipped when the command is given again."
        },
        customSynopsis = "skip-tuning extract --data DATA --output DIR [OPTIONS]",
        footer = {
            "  skip-tuning extract --model ViT-B-16.pt --data photos --augment none \\",
            "      --output features",
            "  skip-tuning extract --model ViT-B-16.pt --data /data --dataset imagenet \\",
            "      --views 4 --output /shared/features --shard 3/8"
        })
final class ExtractCommand extends ToolCommand {
    @Option(names = "--output", paramLabel = "DIR", description = "Gets the features; may be an earlier extraction's.")
    private @Nullable Path output;

    @Option(
            names = "--part-size",
            paramLabel = "N",
            description = "Pictures of a part, a multiple of 32. Default: what takes 256 MiB.")
    private Optional<Integer> partSize = Optional.empty();

    @Mixin
    private final ExecutorOptions executors = new ExecutorOptions();

    @Mixin
    private final TrainingOptions training = new TrainingOptions();

    @Mixin
    private final ModelOptions model = new ModelOptions();

    @Mixin
    private final DataOptions data = new DataOptions();

    @Override
    Optional<String> resumeAdvice(long stepsDone) {
        return Optional.of("finished parts are kept: to go on, give the same command again");
    }

    @Override
    int run(Output out) {
        TrainingSettings settings = training.settings(common(), data.dataset(), model.knowsBundledWords());
        if (training.isAutomatic()) {
            throw new UsageException("auto is of one run: let analyze tell what to give here");
        }
        executors.check();
        Path folder = OutputFiles.requireFolder(output, "features");
        data.check();
        data.refuseInside("--output", folder);
        model.check();
        OutputFiles.of(common())
                .fills("--output", folder)
                .reads("--data", data.path())
                .reads("--model", model.file())
                .reads("--settings", training.settingsFile())
                .check();
        loadCoreAhead();
        try (var workplace = new Workplace()) {
            Clip clip = model.load(data.apply(common().loadOptions()));
            var surroundings = Surroundings.of(clip.info().device(), clip.options());
            var modelReference = model.reference(clip.contentHash());
            // Which closes it, at once where other processes do the parts.
            workplace.adopt(modelReference, surroundings, clip);
            DataReference reference = data.reference(settings.seed());
            DataSet opened = workplace.data(reference, new ProgressAdapter(out));
            FeatureLayout layout =
                    sized(FeatureExtraction.of(clip, opened, settings).layout());
            FeatureFiles.begin(folder, layout);
            out.line(
                    "%,d pictures, %d %s each: %s in %d %s",
                    layout.pictures(),
                    layout.views(),
                    layout.views() == 1 ? "view" : "views",
                    Figures.bytes(layout.bytes()),
                    layout.parts().size(),
                    layout.parts().size() == 1 ? "part" : "parts");
            List<Job> jobs = executors.shard().of(layout.parts()).stream()
                    .map(part -> Job.extraction(modelReference, reference, layout, settings, surroundings, part))
                    .toList();
            return extract(workplace, surroundings, jobs, layout, folder, out);
        }
    }

    private FeatureLayout sized(FeatureLayout usual) {
        try {
            return partSize.map(usual::withPartRows).orElse(usual);
        } catch (IllegalArgumentException odd) {
            throw new SkipTuningException(String.valueOf(odd.getMessage()).replace("partRows", "--part-size"), odd);
        }
    }

    private int extract(
            Workplace workplace,
            Surroundings surroundings,
            List<Job> jobs,
            FeatureLayout layout,
            Path folder,
            Output out) {
        var progress = new SweepProgress(out, "part", jobs.size(), executors.sideBySide() > 1);
        var tally = new JobExecutor.Listener() {
            private int failures;

            @Override
            public void onBegin(Job job) {
                progress.onBegin(job);
            }

            @Override
            public void onStep(Job job, long done, long total, Optional<Double> loss) {
                progress.onStep(job, done, total, loss);
            }

            @Override
            public void onEnd(Job job, JobOutcome outcome, boolean before) {
                failures += outcome.succeeded() ? 0 : 1;
                progress.onEnd(job, outcome, before);
            }
        };
        try (JobExecutor executor = executors.open(workplace, surroundings, common().anyDevice(), folder)) {
            executor.run(jobs, new JobStore(folder), tally);
        }
        if (tally.failures == 0 && executors.shard().equals(Shard.ALL)) {
            out.line("The features are in %s: give train --features %s with the same options", folder, folder);
        } else if (tally.failures == 0) {
            out.line("Part %s is done.", executors.shard());
        }
        var json = new LinkedHashMap<String, Object>();
        json.put("pictures", layout.pictures());
        json.put("views", layout.views());
        json.put("bytes", layout.bytes());
        json.put("parts", layout.parts().size());
        json.put("done", jobs.size() - tally.failures);
        json.put("output", folder.toString());
        out.json(json);
        if (tally.failures > 0) {
            throw new SkipTuningException(
                    tally.failures + " of the parts failed, as was told above; the same command does them again");
        }
        return 0;
    }
}
