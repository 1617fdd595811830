package org.skiptuning.data.bundled;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.skiptuning.DataSetException;
import org.skiptuning.files.Folders;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * All drawn pictures: one file of {@code size × size × 3} bytes a row, mapped into memory, and an index beside it. The
 * folder is written whole by {@link PictureDrawing} and never changed after that.
 */
final class DrawnPictures {
    static final String PIXELS = "pictures.rgb";
    static final String INDEX = "index.json";

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .build();

    private final Path folder;
    private final Index index;
    private final ByteBuffer pixels;

    /** What the index file holds. */
    record Index(int size, List<StyleInfo> styles, List<BundledPicture> pictures) {
        Index {
            styles = List.copyOf(styles);
            pictures = List.copyOf(pictures);
            if (size < 1 || pictures.stream().anyMatch(picture -> picture.row() < 0)) {
                throw new IllegalArgumentException("a size or row is out of range");
            }
        }
    }

    private DrawnPictures(Path folder, Index index, ByteBuffer pixels) {
        this.folder = folder;
        this.index = index;
        this.pixels = pixels;
    }

    static DrawnPictures open(Path folder) {
        var index = readIndex(folder);
        var file = folder.resolve(PIXELS);
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            var last = index.pictures().stream()
                    .mapToInt(BundledPicture::row)
                    .max()
                    .orElse(-1);
            if (channel.size() < (last + 1L) * rowBytes(index.size())) {
                throw damaged(file + " is too short", null);
            }
            return new DrawnPictures(folder, index, channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size()));
        } catch (IOException e) {
            throw damaged(file + " can't be read (" + Folders.reason(e) + ")", e);
        }
    }

    private static Index readIndex(Path folder) {
        var file = folder.resolve(INDEX);
        try {
            return JSON.readValue(Files.readAllBytes(file), Index.class);
        } catch (IOException e) {
            throw damaged(file + " can't be read (" + Folders.reason(e) + ")", e);
        } catch (JacksonException e) {
            throw damaged(file + " is damaged (" + e.getOriginalMessage() + ")", e);
        }
    }

    private static DataSetException damaged(String what, @Nullable Exception cause) {
        return new DataSetException(what + ": delete its folder to have the pictures drawn again.", cause);
    }

    static boolean isAt(Path folder) {
        return Files.isRegularFile(folder.resolve(INDEX)) && Files.isRegularFile(folder.resolve(PIXELS));
    }

    static int rowBytes(int size) {
        return size * size * 3;
    }

    /** Pixels a side. */
    int size() {
        return index.size();
    }

    Path folder() {
        return folder;
    }

    Path pixelFile() {
        return folder.resolve(PIXELS);
    }

    List<BundledPicture> pictures() {
        return index.pictures();
    }

    Map<String, StyleInfo> styles() {
        return index.styles().stream().collect(Collectors.toUnmodifiableMap(StyleInfo::name, Function.identity()));
    }

    /** The picture's bytes, row by row, red, green, blue. */
    byte[] rgb(BundledPicture picture) {
        var bytes = new byte[rowBytes(size())];
        pixels.get(picture.row() * bytes.length, bytes);
        return bytes;
    }

    /** Mean absolute difference of two pictures in grey levels, 0 to 255. */
    double difference(BundledPicture first, BundledPicture second) {
        var a = rgb(first);
        var b = rgb(second);
        long sum = 0;
        for (var i = 0; i < a.length; i++) {
            sum += Math.abs((a[i] & 255) - (b[i] & 255));
        }
        return (double) sum / a.length;
    }
}
