package org.skiptuning.data.published;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.skiptuning.DataSetException;

/**
 * SUN397: {@code /a/apse/indoor/sun_x.jpg} a line; the class is the path without the picture. Its name is the path's parts
 * without the first letter and in reverse: "indoor apse".
 *
 * @param names a file with {@code /a/apse/indoor} a line, in the order of the labels
 */
record SceneAnnotations(String names, String train, String test) implements Annotations {
    @Override
    public List<String> files() {
        return List.of(names, train, test);
    }

    @Override
    public Annotated read(Path home, Path pictures) {
        var labels = new HashMap<String, Integer>();
        TextLists.labels(home.resolve(names)).forEach((line, label) -> labels.put(withoutSlash(line), label));
        return new Annotated(part(home.resolve(train), labels), part(home.resolve(test), labels));
    }

    private static List<Picture> part(Path file, Map<String, Integer> labels) {
        var images = new ArrayList<Picture>();
        for (var line : TextLists.lines(file)) {
            var path = withoutSlash(line);
            var scene = path.substring(0, Math.max(0, path.lastIndexOf('/')));
            var label = labels.get(scene);
            if (label == null) {
                throw new DataSetException(
                        file + " has the picture \"" + line + "\" of a class that no list names: fetch it again");
            }
            images.add(new Picture(path, label, className(scene)));
        }
        return images;
    }

    private static String withoutSlash(String line) {
        return line.replaceFirst("^/", "");
    }

    private static String className(String scene) {
        var parts = new ArrayList<>(List.of(scene.split("/")));
        parts.removeFirst();
        Collections.reverse(parts);
        return String.join(" ", parts);
    }
}
