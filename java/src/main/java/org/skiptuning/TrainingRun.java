package org.skiptuning;

import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import org.skiptuning.data.DataSet;
import org.skiptuning.data.TemplateSet;
import org.skiptuning.ffi.NativeCache;
import org.skiptuning.ffi.NativeTrainer;
import org.skiptuning.files.CacheFolder;
import org.skiptuning.files.Folders;
import org.skiptuning.files.Uninterrupted;

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
            CacheRoom room) {
        CancelledException.check(Phase.CACHE_TEXTS);
        this.settings = settings;
        this.original = original;
        this.listener = listener;
        this.directory = directory;
        this.options = new NativeOptions(settings, original);
        this.data = TrainingData.prepare(settings, given, original, listener);
        this.room = room;
        this.rows = new RowCache(data, options.imageRowBytes(), room);
        this.identity = RunIdentity.of(settings, original, data.data(), rows);
    }

    static FineTuned inMemory(TrainingSettings settings, Model model, DataSet data, TrainingListener listener) {
        return model.using(
                () -> inMemory(settings, model, data, listener, CacheRoom.of(model.context(), CacheFolder.root())));
    }

    static FineTuned inMemory(
            TrainingSettings settings, Model model, DataSet data, TrainingListener listener, CacheRoom room) {
        return model.using(() -> new TrainingRun(settings, model, data, listener, Optional.empty(), room).run());
    }

    static FineTuned inDirectory(
            TrainingSettings settings,
            Model model,
            DataSet data,
            TrainingListener listener,
            Path path,
            boolean resume) {
        return model.using(
                () -> inDirectory(settings, model, data, listener, path, resume, CacheRoom.of(model.context(), path)));
    }

    static FineTuned inDirectory(
            TrainingSettings settings,
            Model model,
            DataSet data,
            TrainingListener listener,
            Path path,
            boolean resume,
            CacheRoom room) {
        return model.using(() -> {
            try (var directory = RunDirectory.open(path, model, resume)) {
                return new TrainingRun(settings, model, data, listener, Optional.of(directory), room).run();
            }
        });
    }

    private FineTuned run() {
        data.warnings().forEach(listener::onWarning);
        var tuned = original.fork(options.trained());
        try (var state =
                directory.map(place -> place.begin(identity, data, listener)).orElseGet(RunState::beginning)) {
            return new FineTuned(tuned, complete(tuned, state));
        } catch (Throwable failure) {
            tuned.close();
            throw failure;
        }
    }

    private TunedRecord complete(Model tuned, RunState state) {
        try {
            listener.onStart(state.metrics().steps(), data.totalSteps());
            return finish(tuned, train(tuned, state));
        } catch (TrainingInterruptedException e) {
            throw e;
        } catch (CancelledException e) {
            throw new TrainingInterruptedException(
                    String.valueOf(e.getMessage()), state.metrics().steps());
        }
    }

    private TrainingResult train(Model tuned, RunState state) {
        var metrics = state.metrics();
        var clock = state.clock();
        MemoryFigures.restart(original.context());
        try (var pictures = Pictures.again(original, data.paths());
                var cache = openCache()) {
            clock.caching(() -> putTexts(cache));
            try (var trainer = NativeTrainer.create(tuned.weights(), Optional.of(cache), options.trainer())) {
                state.restore(trainer);
                listener.onPhase(Phase.TRAIN);
                new TrainingLoop(
                                data,
                                TrainingLoop.Steps.of(trainer),
                                rows,
                                (view, firstRow, images) ->
                                        clock.caching(() -> putImages(cache, pictures, view, firstRow, images)),
                                metrics,
                                listener,
                                checkpointer(metrics, clock, trainer),
                                Devices.isCard(original.context()) ? STEPS_AHEAD : 0)
                        .run();
                return new TrainingResult(
                        metrics.lastLoss(),
                        metrics.meanLoss(settings.epochs() - 1),
                        metrics.steps(),
                        clock.seconds(),
                        clock.cacheSeconds(),
                        MemoryFigures.peakBytes(original.context()),
                        original.context().peakBytes(),
                        trainedParameters(trainer),
                        Optional.empty());
            }
        }
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

    private void putTexts(NativeCache cache) {
        listener.onPhase(Phase.CACHE_TEXTS);
        var prompts = TemplateSet.of(settings.templates()).prompts(data.data());
        try (var tokens = new TextEncoder(original).tokens(prompts)) {
            cache.putTexts(tokens, prompts.size(), original.info().contextLength(), (done, total) -> {
                listener.onProgress(Phase.CACHE_TEXTS, done, total);
                return true;
            });
        } catch (CancellationException e) {
            throw CancelledException.during(Phase.CACHE_TEXTS);
        }
    }

    private void putImages(NativeCache cache, Pictures pictures, int view, long firstRow, int[] images) {
        listener.onPhase(Phase.CACHE_IMAGES);
        var transform = pictures.trainTransform(settings, view);
        pictures.forEachChunk(images, transform, false, Phase.CACHE_IMAGES, (first, chunk) -> {
            cache.putImages(firstRow + first, chunk.pixels(), chunk.pictures().size());
            listener.onProgress(Phase.CACHE_IMAGES, first + chunk.pictures().size(), images.length);
        });
        listener.onPhase(Phase.TRAIN);
    }

    private static long trainedParameters(NativeTrainer trainer) {
        return SettingsJson.MAPPER
                .readTree(trainer.infoJson())
                .path("trained_parameters")
                .asLong();
    }

    /** A loss is that of the step before: one picture and one text show what the last update came to. */
    private void requireUsable(Model tuned) {
        tuned.encodeImages(data.paths().subList(0, 1), ProgressListener.none());
        var prompts = TemplateSet.of(settings.templates()).prompts(data.data());
        tuned.encodeTexts(prompts.subList(0, 1), ProgressListener.none());
    }

    private TunedRecord finish(Model tuned, TrainingResult trained) {
        requireUsable(tuned);
        var templates = TemplateSet.of(settings.templates());
        var result = trained;
        if (settings.evaluateAtEnd()) {
            listener.onPhase(Phase.EVALUATE);
            result = trained.withEvaluation(tuned.evaluate(data.data(), templates, listener));
        }
        var record = new TunedRecord(
                original.contentHash(),
                data.data().name(),
                data.data().classNames(),
                templates.template(data.data()),
                original.options().applyOrientation(),
                settings,
                result);
        directory.ifPresent(place -> {
            listener.onPhase(Phase.SAVE);
            Uninterrupted.run(() -> {
                tuned.save(place.path());
                record.write(place.path());
            });
        });
        return record;
    }
}
