package org.skiptuning;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.skiptuning.checkpoint.SafetensorsFile;
import org.skiptuning.ffi.ElementType;
import org.skiptuning.ffi.NativeBuffer;
import org.skiptuning.ffi.NativeCache;

/** Rows that {@link FeatureFiles} hold. */
final class StoredRows implements ImageRows {
    private final Path folder;
    private final FeatureLayout layout;
    private final ElementType type;
    private final TrainingListener listener;
    private final Map<FeatureLayout.Part, SafetensorsFile> open = new HashMap<>();

    private StoredRows(Path folder, FeatureLayout layout, ElementType type, TrainingListener listener) {
        this.folder = folder;
        this.layout = layout;
        this.type = type;
        this.listener = listener;
    }

    /**
     * @param layout what the run would compute
     * @throws SkipTuningException if the folder holds other features, or not all of them
     */
    static StoredRows open(Path folder, FeatureLayout layout, ElementType type, TrainingListener listener) {
        if (Files.isRegularFile(folder)) {
            throw new SkipTuningException(folder + " is a file: name the folder that extract made");
        }
        var there = FeatureFiles.describe(folder)
                .orElseThrow(() -> new SkipTuningException(
                        folder + " holds no features: make them with skip-tuning extract --output " + folder));
        FeatureFiles.requireSame(folder, layout, there);
        var stored = layout.withPartRows(there.partRows());
        var missing = stored.parts().stream()
                .filter(part -> !Files.isRegularFile(folder.resolve(part.file())))
                .toList();
        if (!missing.isEmpty()) {
            throw new SkipTuningException("Of the features in " + folder + " " + missing.size() + " of "
                    + stored.parts().size() + " parts are missing, such as "
                    + missing.getFirst().file() + ": give the command that made the others again");
        }
        return new StoredRows(folder, stored, type, listener);
    }

    @Override
    public void put(NativeCache cache, int view, long firstRow, int[] images) {
        var stored = layout.views() == 1 ? 0 : view;
        var done = 0;
        while (done < images.length) {
            CancelledException.check(Phase.CACHE_IMAGES);
            var row = (long) stored * layout.pictures() + images[done];
            var part = layout.part(row);
            var run = inARow(images, done, part, row);
            var offset = (row - part.firstRow()) * layout.rowBytes();
            cache.writeImages(firstRow + done, run, rows(part).slice(offset, run * layout.rowBytes()));
            done += run;
            listener.onProgress(Phase.CACHE_IMAGES, done, images.length);
        }
    }

    /** How many from {@code first} on lie behind each other in the part. */
    private static int inARow(int[] images, int first, FeatureLayout.Part part, long row) {
        var most = Math.min(images.length - first, (int) (part.firstRow() + part.rows() - row));
        var run = 1;
        while (run < most && images[first + run] == images[first] + run) {
            run++;
        }
        return run;
    }

    private NativeBuffer rows(FeatureLayout.Part part) {
        var file = open.computeIfAbsent(part, this::map);
        return file.tensors().getFirst().buffer();
    }

    private SafetensorsFile map(FeatureLayout.Part part) {
        var path = folder.resolve(part.file());
        var file = SafetensorsFile.open(path, "remove it, and give the command that made it again");
        var tensors = file.tensors();
        if (tensors.size() != 1
                || !tensors.getFirst().name().equals(FeatureFiles.ROWS)
                || tensors.getFirst().type() != type
                || tensors.getFirst().buffer().size() != part.rows() * layout.rowBytes()
                || !layout.identity().toString().equals(file.metadata().get("identity"))
                || !Long.toString(part.firstRow()).equals(file.metadata().get("first_row"))) {
            file.close();
            throw new SkipTuningException(
                    path + " holds other rows than its name says: remove it, and give the command that made it again");
        }
        if (!FeatureFiles.sha256(tensors.getFirst().buffer())
                .equals(file.metadata().get(FeatureFiles.SHA_256))) {
            file.close();
            throw new SkipTuningException(path + " is damaged: remove it, and give the command that made it again");
        }
        return file;
    }

    @Override
    public void close() {
        open.values().forEach(SafetensorsFile::close);
        open.clear();
    }
}
