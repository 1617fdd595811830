package org.skiptuning;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.skiptuning.ffi.NativeBuffer;
import org.skiptuning.files.AtomicFile;
import org.skiptuning.files.Folders;
import tools.jackson.core.JacksonException;

/**
 * What training pictures come to after the frozen blocks, on disk: computed in parts by any number of processes, and read
 * by runs in place of passing the pictures through these blocks.
 *
 * <p>A folder holds {@value #DESCRIPTION} and a file for each part. A run with the same pictures, model, start layer,
 * precision and augmentation takes them, whatever else it is trained with: {@link SkipTuning#withFeatures}.
 */
public final class FeatureFiles {
    static final String DESCRIPTION = "features.json";
    static final String ROWS = "rows";
    static final String SHA_256 = "sha256";

    private FeatureFiles() {}

    /**
     * What a run's features are.
     *
     * @throws SkipTuningException if each epoch draws its pictures afresh, so that there is nothing to keep
     */
    static FeatureLayout layout(TrainingData run, Model model, NativeOptions options) {
        var settings = run.settings();
        var same = settings.augmentation() == PictureAugmentation.NONE;
        if (!same && settings.method().recipe().prepares()) {
            throw new SkipTuningException("The features of " + settings.method()
                    + " are kept of pictures as they are: use the augmentation none (--augment none)");
        }
        if (!same && settings.views() == 0) {
            throw new SkipTuningException("Each epoch draws its pictures afresh, so that there are no features to keep:"
                    + " use the augmentation none, or views (--augment none, --views)");
        }
        var checkpoint = model.checkpoint();
        var identity = new TreeMap<>(options.imageFeatures());
        identity.put("model", model.contentHash());
        identity.put("configuration", checkpoint.configuration().toNativeJson() + " " + checkpoint.preprocessing());
        identity.put("apply_exif_orientation", Boolean.toString(model.options().applyOrientation()));
        identity.put("pictures", DataFingerprint.of(run.data(), List.of(run.images())));
        identity.put("augmentation", settings.augmentation().toString());
        if (!same) {
            identity.put("views", Integer.toString(settings.views()));
            identity.put("crop_scale", Double.toString(settings.cropScale()));
            identity.put("seed", Long.toString(settings.seed()));
        }
        return new FeatureLayout(identity, run.images().size(), same ? 1 : settings.views(), options.imageRowBytes());
    }

    /**
     * Begins a folder, or goes on with one.
     *
     * @throws SkipTuningException if it holds other features
     */
    public static void begin(Path folder, FeatureLayout layout) {
        describe(folder).ifPresent(there -> {
            requireSame(folder, layout, there);
            if (there.partRows() != layout.partRows()) {
                throw new SkipTuningException(folder + " holds features in parts of " + there.partRows()
                        + " rows instead of " + layout.partRows() + ": give the same, or name another folder");
            }
        });
        requireOwn(folder);
        Folders.create(folder);
        var text = SettingsJson.MAPPER
                .writerWithDefaultPrettyPrinter()
                .writeValueAsString(new Description(layout.identity(), layout.partRows()));
        AtomicFile.write(folder.resolve(DESCRIPTION), text.getBytes(StandardCharsets.UTF_8));
    }

    /** What others keep in a folder stays theirs. */
    private static void requireOwn(Path folder) {
        if (!Files.isDirectory(folder) || Files.isRegularFile(folder.resolve(DESCRIPTION))) {
            return;
        }
        try (var entries = Files.list(folder)) {
            // Another shard may have begun it just now.
            if (entries.anyMatch(entry -> !String.valueOf(entry.getFileName()).startsWith("."))
                    && !Files.isRegularFile(folder.resolve(DESCRIPTION))) {
                throw new SkipTuningException(
                        folder + " holds files that are no features: name a new or an empty folder");
            }
        } catch (IOException failure) {
            throw new SkipTuningException("Cannot read " + folder + ": " + Folders.reason(failure), failure);
        }
    }

    /** What {@value #DESCRIPTION} holds. */
    record Description(Map<String, String> identity, int partRows) {
        Description {
            identity = Map.copyOf(identity);
            FeatureLayout.requirePartRows(partRows);
        }
    }

    static Optional<Description> describe(Path folder) {
        var file = folder.resolve(DESCRIPTION);
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try {
            var found = SettingsJson.MAPPER.readValue(Files.readString(file), Description.class);
            return Optional.of(Objects.requireNonNull(found, "it holds nothing"));
        } catch (IOException | JacksonException | NullPointerException damaged) {
            throw new SkipTuningException(file + " is damaged: remove the folder, or name another one", damaged);
        }
    }

    static void requireSame(Path folder, FeatureLayout layout, Description there) {
        var differences = layout.differences(there.identity());
        if (!differences.isEmpty()) {
            throw new SkipTuningException(folder + " holds features with " + String.join(", ", differences)
                    + ": give what extract was given, or extract into another folder");
        }
    }

    /** Of all of a buffer's bytes. */
    static String sha256(NativeBuffer rows) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            var chunk = new byte[1 << 20];
            for (var done = 0L; done < rows.size(); done += chunk.length) {
                var length = (int) Math.min(chunk.length, rows.size() - done);
                rows.copyTo(done, chunk, 0, length);
                digest.update(chunk, 0, length);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }
}
