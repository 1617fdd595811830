package org.skiptuning;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.UUID;
import org.skiptuning.data.DataSet;
import org.skiptuning.data.TemplateSet;
import org.skiptuning.ffi.NativeCache;
import org.skiptuning.ffi.NativeTrainer;
import org.skiptuning.files.CacheFolder;
import org.skiptuning.files.Folders;

/**
 * One training run from its beginning, or from where it was interrupted, to the fine-tuned model.
 *
 * <p>Everything random is a function of (seed, purpose, epoch, index), so the number of steps done and the trainer's
 * tensors are all that a resumed run needs.
 */
final class TrainingRun {
    /** That a card is given, so that it need not wait for the host; the processor computes each step at once. */
    private static final int STEPS_AHEAD = 8;

    private final TrainingSettings settings;
    private final Model original;
    private final TrainingListener listener;
    private final Optional<RunDirectory> directory;
    private final Optional<Path> features;
    private final TrainingData data;
    private final NativeOptions options;
    private CacheRoom room;
    private RowCache rows;
    private RunIdentity identity;

    private TrainingRun(
            TrainingSettings settings,
            Model original,
            DataSet given,
            TrainingListener listener,
            Optional<RunDirectory> directory,
            Optional<Path> features,
            CacheRoom room) {
        CancelledException.check(Phase.CACHE_TEXTS);
        this.settings = settings;
        this.original = original;
        this.listener = listener;
        this.directory = directory;
        this.features = features;
        this.options = new NativeOptions(settings, original);
        this.data = TrainingData.prepare(settings, given, original, listener);
        this.room = room;
        this.rows = new RowCache(data, options.imageRowBytes(), room);
        this.identity = RunIdentity.of(settings, original, data.data(), rows);
    }

    /** @param features a folder of {@link FeatureFiles} to take in place of computing them */
    static FineTuned inMemory(
            TrainingSettings settings, Model model, DataSet data, TrainingListener listener, Optional<Path> features) {
        return model.using(() -> new TrainingRun(
                        settings,
                        model,
                        data,
                        listener,
                        Optional.empty(),
                        features,
                        CacheRoom.of(model.context(), CacheFolder.root()))
                .run());
    }

    static FineTuned inMemory(
            TrainingSettings settings, Model model, DataSet data, TrainingListener listener, CacheRoom room) {
        return model.using(
                () -> new TrainingRun(settings, model, data, listener, Optional.empty(), Optional.empty(), room).run());
    }

    static FineTuned inDirectory(
            TrainingSettings settings,
            Model model,
            DataSet data,
            TrainingListener listener,
            Path path,
            boolean resume,
            Optional<Path> features) {
        return model.using(() -> inDirectory(
                settings, model, data, listener, path, resume, features, CacheRoom.of(model.context(), path)));
    }

    static FineTuned inDirectory(
            TrainingSettings settings,
            Model model,
            DataSet data,
            TrainingListener listener,
            Path path,
            boolean resume,
            Optional<Path> features,
            CacheRoom room) {
        return model.using(() -> {
            try (var directory = RunDirectory.open(path, model, resume)) {
                return new TrainingRun(settings, model, data, listener, Optional.of(directory), features, room).run();
            }
        });
    }

    private FineTuned run() {
        data.warnings().forEach(listener::onWarning);
        var tuned = original.fork(options.trained());
        try (var state =
                directory.map(place -> place.begin(identity, data, listener)).orElseGet(RunState::beginning)) {
            return complete(tuned, state);
        } catch (Throwable failure) {
            tuned.close();
            throw failure;
        }
    }

    private FineTuned complete(Model tuned, RunState state) {
        try {
            listener.onStart(state.metrics().steps(), data.totalSteps());
            return finish(tuned, state);
        } catch (TrainingInterruptedException e) {
            throw e;
        } catch (CancelledException e) {
            throw new TrainingInterruptedException(
                    String.valueOf(e.getMessage()), state.metrics().steps());
        }
    }

    /**
     * What training leaves.
     *
     * @param own of a method that leaves no ordinary model
     */
    private record Trained(TrainingResult result, Optional<OwnTensors> own) {}

    private Trained train(Model tuned, RunState state) {
        var metrics = state.metrics();
        var clock = state.clock();
        MemoryFigures.restart(original.context());
        try (var pictures = Pictures.again(original, data.paths());
                var cache = openCache();
                var source = source(pictures);
                var shown = clock.cached(() -> ShownPictures.of(data, original, options, source, listener))) {
            var texts = new ClassTexts(settings, original, data.data());
            listener.onPhase(Phase.CACHE_TEXTS);
            clock.caching(() -> texts.put(cache, listener));
            var trainerOptions = options.trainer(texts, data.images().size(), shown.validates(), OptionalInt.empty());
            try (var trainer = NativeTrainer.create(tuned.weights(), Optional.of(cache), trainerOptions)) {
                shown.prepare(trainer);
                state.restore(trainer);
                listener.onPhase(Phase.TRAIN);
                var average = EpochAverage.of(settings, data.epochs());
                new TrainingLoop(
                                data,
                                TrainingLoop.Steps.of(trainer, shown, average),
                                rows,
                                filler(clock, cache, source),
                                metrics,
                                listener,
                                checkpointer(metrics, clock, trainer),
                                Devices.isCard(original.context()) ? STEPS_AHEAD : 0)
                        .run();
                average.ifPresent(used -> trainer.useAccumulated());
                shown.validateEnd(trainer);
                var fits = settings.method().stepsAreFits();
                var result = new TrainingResult(
                        metrics.lastLoss().filter(loss -> !fits),
                        metrics.lastEpochLoss().filter(loss -> !fits),
                        metrics.steps(),
                        clock.seconds(),
                        clock.cacheSeconds(),
                        MemoryFigures.peakBytes(original.context()),
                        original.context().peakBytes(),
                        options.paperStyleBytes(
                                original, metrics.lastKeptClasses(data.classes()), trainedParameters(trainer)),
                        trainedParameters(trainer),
                        new TreeMap<>(),
                        Optional.empty());
                var own = kept(trainer);
                var chosen = own.filter(tensors -> shown.validates()).map(ChosenNumbers::of);
                return new Trained(chosen.map(result::withChosen).orElse(result), own);
            }
        }
    }

    private ImageRows source(Pictures pictures) {
        return features.<ImageRows>map(folder -> StoredRows.open(
                        folder, FeatureFiles.layout(data, original, options), options.imageStorage(), listener))
                .orElseGet(() -> new EncodedRows(settings, pictures, listener));
    }

    private RowCache.Filler filler(RunClock clock, NativeCache cache, ImageRows source) {
        return (view, firstRow, images) -> {
            // A method that was shown all pictures before looks at none of its batches.
            if (!settings.method().recipe().wholeSet()) {
                clock.caching(() -> putImages(cache, source, view, firstRow, images));
            }
        };
    }

    private Optional<OwnTensors> kept(NativeTrainer trainer) {
        switch (settings.method().recipe().keeps()) {
            case MODEL -> {}
            case MERGED -> trainer.merge();
            case PARAMETERS -> {
                return Optional.of(OwnTensors.copyOf(trainer.state()));
            }
        }
        return Optional.empty();
    }

    private TrainingLoop.Checkpointer checkpointer(MetricsLog metrics, RunClock clock, NativeTrainer trainer) {
        if (directory.isEmpty()) {
            return TrainingLoop.Checkpointer.none();
        }
        var place = directory.get();
        return new TrainingLoop.Checkpointer() {
            @Override
            public void prepare() {
                place.prepareSave();
            }

            @Override
            public void save() {
                place.save(identity, metrics, clock, trainer.state());
            }
        };
    }

    private NativeCache openCache() {
        if (rows.inFile()) {
            try {
                Folders.create(room.folder());
                return createCache(Optional.of(room.folder().resolve(".features-" + UUID.randomUUID())));
            } catch (SkipTuningException full) {
                listener.onWarning("The image features have no room in " + room.folder()
                        + ", so that pictures pass the frozen blocks again and again: " + full.getMessage());
                room = room.withoutDisk();
                rows = new RowCache(data, options.imageRowBytes(), room);
                identity = RunIdentity.of(settings, original, data.data(), rows);
            }
        }
        return createCache(Optional.empty());
    }

    /** @param file which the core makes and takes the name from at once, so that it goes with the process */
    private NativeCache createCache(Optional<Path> file) {
        return NativeCache.create(original.weights(), options.cache(rows.rows(), data.classes(), file));
    }

    private void putImages(NativeCache cache, ImageRows source, int view, long firstRow, int[] images) {
        listener.onPhase(Phase.CACHE_IMAGES);
        source.put(cache, view, firstRow, images);
        listener.onPhase(Phase.TRAIN);
    }

    private static long trainedParameters(NativeTrainer trainer) {
        return SettingsJson.MAPPER
                .readTree(trainer.infoJson())
                .path("trained_parameters")
                .asLong();
    }

    private FineTuned finish(Model tuned, RunState state) {
        var trained = train(tuned, state);
        var result = new FineTuned(tuned, record(trained.result()), trained.own());
        try {
            result.requireUsable(data.data());
            if (settings.evaluateAtEnd()) {
                listener.onPhase(Phase.EVALUATE);
                var evaluation = result.evaluate(data.data(), listener);
                result = new FineTuned(tuned, record(trained.result().withEvaluation(evaluation)), trained.own());
            }
            var complete = result;
            directory.ifPresent(place -> {
                listener.onPhase(Phase.SAVE);
                complete.save(place.path());
            });
            return result;
        } catch (Throwable failure) {
            trained.own().ifPresent(OwnTensors::close);
            throw failure;
        }
    }

    private TunedRecord record(TrainingResult result) {
        return new TunedRecord(
                original.contentHash(),
                Path.of(original.info().source()).toAbsolutePath().normalize().toString(),
                data.data().name(),
                data.data().classNames(),
                data.data().templateKey(),
                TemplateSet.of(settings.templates()).template(data.data()),
                original.options().applyOrientation(),
                settings,
                result);
    }
}
