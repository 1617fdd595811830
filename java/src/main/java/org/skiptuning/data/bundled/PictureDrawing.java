package org.skiptuning.data.bundled;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.Executors;
import org.skiptuning.CancelledException;
import org.skiptuning.DataSetException;
import org.skiptuning.Phase;
import org.skiptuning.ProgressListener;
import org.skiptuning.data.bundled.DrawnPictures.Index;
import org.skiptuning.files.CacheFolder;
import org.skiptuning.files.Folders;
import tools.jackson.databind.json.JsonMapper;

/** Draws all pictures of the rules into a folder of the cache, named after everything that the result depends on. */
final class PictureDrawing {
    private static final String PART = ".part-";

    private final BundledRules rules;
    private final PictureArchive archive;
    private final ProgressListener progress;

    private record Drawn(BundledPicture picture, byte[] rgb) {}

    private PictureDrawing(BundledRules rules, PictureArchive archive, ProgressListener progress) {
        this.rules = rules;
        this.archive = archive;
        this.progress = progress;
    }

    /** The drawn pictures of {@code archive}, from the cache or drawn now (half a minute of processor time). */
    static DrawnPictures open(BundledRules rules, PictureArchive archive, Path cache, ProgressListener progress) {
        var folder = cache.resolve("pictures-" + key(rules, archive));
        if (!DrawnPictures.isAt(folder)) {
            new PictureDrawing(rules, archive, progress).drawInto(folder);
        }
        return DrawnPictures.open(folder);
    }

    private static String key(BundledRules rules, PictureArchive archive) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            digest.update(BundledRules.resourceBytes());
            digest.update((byte) IconRenderer.VERSION);
            for (var set : setNames(rules)) {
                digest.update((set + archive.checksum(set)).getBytes(StandardCharsets.UTF_8));
            }
            return HexFormat.of().formatHex(digest.digest(), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<String> setNames(BundledRules rules) {
        List<String> names = new ArrayList<>();
        rules.styles().forEach(style -> names.add(style.name()));
        rules.glyphs().sets().forEach(set -> names.add(set.name()));
        return names;
    }

    private void drawInto(Path folder) {
        try {
            var parent = Objects.requireNonNull(folder.toAbsolutePath().getParent());
            Files.createDirectories(parent);
            Folders.deleteAbandoned(parent, PART);
            var part = Files.createTempDirectory(parent, folder.getFileName() + PART);
            try {
                var pictures = draw(part.resolve(DrawnPictures.PIXELS), new PictureList(rules, archive).all());
                var styles = setNames(rules).stream()
                        .map(name -> archive.set(name).info())
                        .toList();
                JsonMapper.shared()
                        .writeValue(
                                part.resolve(DrawnPictures.INDEX).toFile(),
                                new Index(rules.pictureSize(), styles, pictures));
                Folders.moveIntoPlace(part, folder);
            } finally {
                Folders.delete(part);
            }
        } catch (ClosedByInterruptException e) {
            throw cancelled();
        } catch (IOException e) {
            var parent = Objects.requireNonNull(folder.toAbsolutePath().getParent());
            throw new DataSetException(CacheFolder.problem("The drawn pictures", parent, e), e);
        }
    }

    private static CancelledException cancelled() {
        return new CancelledException("Stopped while drawing the bundled pictures; the next run draws them again.");
    }

    private List<BundledPicture> draw(Path file, List<PictureList.Entry> entries) throws IOException {
        List<BundledPicture> kept = new ArrayList<>();
        var pool = Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
        try (var channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            var service = new ExecutorCompletionService<Drawn>(pool);
            var renderers = ThreadLocal.withInitial(() -> new IconRenderer(rules.pictureSize()));
            for (var row = 0; row < entries.size(); row++) {
                var entry = entries.get(row);
                var picture = entry.picture(row);
                service.submit(() -> new Drawn(picture, renderers.get().render(entry.style(), entry.icon())));
            }
            for (var done = 1; done <= entries.size(); done++) {
                var drawn = take(service);
                if (!IconRenderer.isBlank(drawn.rgb())) {
                    kept.add(drawn.picture());
                }
                write(channel, drawn);
                progress.onProgress(Phase.DRAW, done, entries.size());
            }
            channel.force(true);
        } finally {
            pool.shutdownNow();
        }
        kept.sort(Comparator.comparingInt(BundledPicture::row));
        return kept;
    }

    private static Drawn take(ExecutorCompletionService<Drawn> service) {
        try {
            return service.take().get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw cancelled();
        } catch (ExecutionException e) {
            var cause = Objects.requireNonNull(e.getCause());
            throw new DataSetException("A picture can't be drawn: " + cause.getMessage(), cause);
        }
    }

    private static void write(FileChannel channel, Drawn drawn) throws IOException {
        var bytes = ByteBuffer.wrap(drawn.rgb());
        var position = (long) drawn.picture().row() * drawn.rgb().length;
        while (bytes.hasRemaining()) {
            position += channel.write(bytes, position);
        }
    }
}
