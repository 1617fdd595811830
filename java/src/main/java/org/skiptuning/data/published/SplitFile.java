package org.skiptuning.data.published;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.skiptuning.DataSetException;
import org.skiptuning.data.LabelledImage;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A split file of CoOp's: {@code {"train": [[path, label, class name], ...], "val": ..., "test": ...}}. Where the
 * published one is missing, one that was drawn from the annotations is taken, and said so.
 */
final class SplitFile implements ListingReader {
    private final String title;
    private final Path published;
    private final Path pictures;

    SplitFile(String title, Path published, Path pictures) {
        this.title = title;
        this.published = published;
        this.pictures = pictures;
    }

    @Override
    public Listing read() {
        if (Files.isRegularFile(published)) {
            return read(published, List.of());
        }
        var drawn = DrawnSplit.beside(published);
        return read(
                drawn,
                List.of(title + " is split as " + drawn.getFileName()
                        + " says, which is not the published split: accuracies do not compare with published ones"));
    }

    private Listing read(Path file, List<String> warnings) {
        JsonNode json;
        try {
            json = JsonMapper.shared().readTree(Files.readAllBytes(file));
        } catch (IOException | JacksonException malformed) {
            throw new DataSetException("The split file " + file + " is not readable JSON: fetch it again", malformed);
        }
        var names = new LabelNames(file);
        var train = part(json, "train", file, names);
        var validation = part(json, "val", file, names);
        var test = part(json, "test", file, names);
        return Listing.ofFiles(file.toString(), names.all(), train, validation, test, warnings);
    }

    private List<LabelledImage> part(JsonNode json, String part, Path file, LabelNames names) {
        var items = json.get(part);
        if (items == null || !items.isArray()) {
            throw new DataSetException("The split file " + file + " has no list \"" + part + "\": fetch it again");
        }
        var images = new ArrayList<LabelledImage>();
        for (var item : items) {
            if (!isItem(item)) {
                throw new DataSetException("The split file " + file + " has " + item + " in \"" + part
                        + "\" where [path, label, class] is needed: fetch it again");
            }
            var label = item.get(1).intValue();
            names.add(label, item.get(2).stringValue());
            images.add(new LabelledImage(Inside.resolve(pictures, item.get(0).stringValue(), file), label));
        }
        return images;
    }

    private static boolean isItem(JsonNode item) {
        return item.isArray()
                && item.size() == 3
                && item.get(0).isString()
                && item.get(1).isInt()
                && item.get(1).intValue() >= 0
                && item.get(2).isString();
    }
}
