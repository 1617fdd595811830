package org.skiptuning.data.published;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A folder a class: Caltech101, Food101, DTD, EuroSAT.
 *
 * @param ignored folders that are no class
 * @param renamed folders whose class has another name
 */
record FolderAnnotations(List<String> ignored, Map<String, String> renamed) implements Annotations {
    FolderAnnotations {
        ignored = ignored == null ? List.of() : List.copyOf(ignored); // left out in the resource
        renamed = renamed == null ? Map.of() : Map.copyOf(renamed);
    }

    @Override
    public List<String> files() {
        return List.of();
    }

    @Override
    public Annotated read(Path home, Path pictures) {
        var images = new ArrayList<Picture>();
        var label = 0;
        for (var folder : ClassFolders.folders(pictures)) {
            var name = ClassFolders.name(folder);
            if (ignored.contains(name)) {
                continue;
            }
            for (var picture : ClassFolders.pictures(folder)) {
                images.add(
                        new Picture(name + "/" + ClassFolders.name(picture), label, renamed.getOrDefault(name, name)));
            }
            label++;
        }
        return new Annotated(images, List.of());
    }
}
