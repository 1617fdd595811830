package org.skiptuning.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.skiptuning.DataSetException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A data set with a split file of CoOp's: {@code {"train": [[path, label, class], ...], "val": ..., "test": ...}}.
 *
 * @param folder of the data set, below the root of all
 * @param pictures the folder that paths in the split are relative to, below {@code folder}; may be empty
 * @param splitFile in {@code folder}
 */
record SplitJsonSource(String name, String templateKey, String folder, String pictures, String splitFile)
        implements DataSetSource {

    @Override
    public DataSet load(Path root) {
        var home = root.resolve(folder);
        var file = home.resolve(splitFile);
        if (!Files.isRegularFile(file)) {
            throw new DataSetException("The data set " + name + " needs " + file
                    + ": lay it out as CoOp's DATASETS.md says, split file included");
        }
        JsonNode json;
        try {
            json = JsonMapper.shared().readTree(Files.readAllBytes(file));
        } catch (IOException | JacksonException malformed) {
            throw new DataSetException(
                    "The split file " + file + " is not readable JSON: fetch it again from CoOp's page", malformed);
        }
        var names = new TreeMap<Integer, String>();
        var base = home.resolve(pictures);
        var train = part(json, "train", file, base, names);
        var validation = part(json, "val", file, base, names);
        var test = part(json, "test", file, base, names);
        if (names.isEmpty() || names.firstKey() != 0 || names.lastKey() != names.size() - 1) {
            throw new DataSetException("The labels in " + file + " do not count the classes from 0: fetch it again");
        }
        return new DataSet(name, List.copyOf(names.values()), train, validation, test, templateKey);
    }

    private List<LabelledImage> part(JsonNode json, String part, Path file, Path base, TreeMap<Integer, String> names) {
        var items = json.get(part);
        if (items == null || !items.isArray()) {
            throw new DataSetException("The split file " + file + " has no list \"" + part + "\": fetch it again");
        }
        var images = new ArrayList<LabelledImage>();
        for (var item : items) {
            if (!item.isArray()
                    || item.size() != 3
                    || !item.get(0).isString()
                    || !item.get(1).isInt()
                    || item.get(1).intValue() < 0
                    || !item.get(2).isString()) {
                throw new DataSetException("The split file " + file + " has " + item + " in \"" + part
                        + "\" where [path, label, class] is needed: fetch it again");
            }
            var path = item.get(0).stringValue();
            var picture = path.indexOf('\0') < 0 ? base.resolve(path) : base; // no file name holds a NUL
            if (!Files.isRegularFile(picture)) {
                throw new DataSetException("The split file " + file + " names the picture " + path
                        + ", which does not exist in " + base + ": fetch the pictures of " + name);
            }
            names.putIfAbsent(item.get(1).intValue(), item.get(2).stringValue());
            images.add(new LabelledImage(picture, item.get(1).intValue()));
        }
        return images;
    }
}
