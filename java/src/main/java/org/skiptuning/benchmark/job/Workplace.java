package org.skiptuning.benchmark.job;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.skiptuning.Clip;
import org.skiptuning.DataFingerprint;
import org.skiptuning.DataSetException;
import org.skiptuning.FeatureExtraction;
import org.skiptuning.ProgressListener;
import org.skiptuning.SkipTuningException;
import org.skiptuning.TrainingSettings;
import org.skiptuning.data.DataSet;

/** The model and the data sets that jobs have in common, loaded when the first one asks. Of one thread. */
public final class Workplace implements AutoCloseable {
    /** Pictures on all lists together: those of the published data sets fit, some hundred megabytes. */
    private static final long MOST_PICTURES = 2_000_000;

    /** The least recently used first. */
    private final Map<DataReference, Opened> dataSets = new LinkedHashMap<>(16, 0.75f, true);

    private Optional<Loaded> loaded = Optional.empty();

    private Optional<Extracting> extracting = Optional.empty();

    private record Extracting(
            DataReference training, TrainingSettings settings, Clip clip, Optional<FeatureExtraction> extraction) {
        boolean isOf(Extracting other) {
            return training.equals(other.training) && settings.equals(other.settings) && clip == other.clip;
        }
    }

    private record Opened(DataSet data, String fingerprint) {}

    private record Loaded(ModelReference model, Surroundings surroundings, Clip clip) {}

    /** @throws SkipTuningException if the file holds other weights than the job's */
    Clip clip(ModelReference model, Surroundings surroundings) {
        if (loaded.isEmpty()
                || !loaded.get().model().equals(model)
                || !loaded.get().surroundings().equals(surroundings)) {
            close();
            var options = surroundings.loadOptions();
            var clip = Clip.load(
                    model.path(), model.config().map(options::withConfigName).orElse(options));
            if (!clip.contentHash().equals(model.contentHash())) {
                clip.close();
                throw new SkipTuningException(model.path() + " has other weights than when the run was planned: "
                        + "name another --output for them");
            }
            loaded = Optional.of(new Loaded(model, surroundings, clip));
        }
        return loaded.get().clip();
    }

    /** What parts have in common: a large list of pictures is looked through once. */
    FeatureExtraction extraction(
            DataReference training, TrainingSettings settings, Clip clip, ProgressListener progress) {
        var wanted = new Extracting(training, settings, clip, Optional.empty());
        if (extracting.filter(wanted::isOf).isEmpty()) {
            extracting = Optional.of(new Extracting(
                    training,
                    settings,
                    clip,
                    Optional.of(FeatureExtraction.of(clip, data(training, progress), settings))));
        }
        return extracting.orElseThrow().extraction().orElseThrow();
    }

    /** Takes one over that was loaded for something else before. */
    public void adopt(ModelReference model, Surroundings surroundings, Clip clip) {
        close();
        loaded = Optional.of(new Loaded(model, surroundings, clip));
    }

    public DataSet data(DataReference reference, ProgressListener progress) {
        return opened(reference, progress).data();
    }

    /** What tells a data set's content from another's. */
    public String fingerprint(DataReference reference, ProgressListener progress) {
        return opened(reference, progress).fingerprint();
    }

    /**
     * For a job, which was planned on certain pictures.
     *
     * @throws DataSetException if others are there, as on another machine or later
     */
    DataSet data(Job job, DataReference reference, ProgressListener progress) {
        var opened = opened(reference, progress);
        var planned = Optional.ofNullable(job.fingerprints().get(reference.name()));
        if (job.part().isEmpty() && planned.filter(opened.fingerprint()::equals).isEmpty()) {
            throw new DataSetException("The data set " + reference.name()
                    + " is not what it was when the run was planned: give the same pictures, or name another --output");
        }
        return opened.data();
    }

    private Opened opened(DataReference reference, ProgressListener progress) {
        var known = dataSets.get(reference);
        if (known != null) {
            return known;
        }
        var data = reference.open(progress);
        var opened = new Opened(data, DataFingerprint.of(data));
        dataSets.put(reference, opened);
        while (dataSets.size() > 1 && pictures() > MOST_PICTURES) {
            dataSets.remove(dataSets.keySet().iterator().next());
        }
        return opened;
    }

    private long pictures() {
        return dataSets.values().stream()
                .map(Opened::data)
                .mapToLong(data -> (long) data.train().size()
                        + data.validation().size()
                        + data.test().size())
                .sum();
    }

    @Override
    public void close() {
        loaded.ifPresent(model -> model.clip().close());
        loaded = Optional.empty();
        extracting = Optional.empty();
    }
}
