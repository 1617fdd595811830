package org.skiptuning.data.published;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.skiptuning.DataSetException;
import org.skiptuning.files.Folders;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Oxford Flowers: a MATLAB file with {@code labels}, from 1, of {@code image_00001.jpg} and on.
 *
 * @param names a JSON object from class number to name
 */
record FlowerAnnotations(String labels, String names) implements Annotations {
    @Override
    public List<String> files() {
        return List.of(labels, names);
    }

    @Override
    public Annotated read(Path home, Path pictures) {
        var classNames = classNames(home.resolve(names));
        var file = home.resolve(labels);
        var images = new ArrayList<Picture>();
        var numbers = MatlabFile.numbers(file, "labels");
        var there = Folders.count(pictures);
        if (numbers.size() > there) {
            throw new DataSetException(file + " has labels of " + numbers.size() + " pictures, and " + pictures
                    + " has " + there + ": fetch both again");
        }
        for (var number : numbers) {
            var label = TextLists.label(file, number, classNames.size());
            var name = classNames.get(number);
            if (name == null || !name.isString()) {
                throw new DataSetException(
                        home.resolve(names) + " has no name of the class " + number + ": fetch it again");
            }
            images.add(new Picture(
                    String.format(Locale.ROOT, "image_%05d.jpg", images.size() + 1), label, name.stringValue()));
        }
        return new Annotated(images, List.of());
    }

    private static JsonNode classNames(Path file) {
        try {
            return JsonMapper.shared().readTree(Files.readAllBytes(file));
        } catch (IOException | JacksonException malformed) {
            throw new DataSetException(file + " is not readable JSON: fetch it again", malformed);
        }
    }
}
