package org.skiptuning.data.published;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.skiptuning.DataSetException;

/** Oxford-IIIT Pets: {@code Abyssinian_100 1 1 1} a line: the picture, the class from 1, the species, the breed. */
record PetAnnotations(String train, String test) implements Annotations {
    private static final int ENTRIES = 4;

    @Override
    public List<String> files() {
        return List.of(train, test);
    }

    @Override
    public Annotated read(Path home, Path pictures) {
        return new Annotated(part(home.resolve(train)), part(home.resolve(test)));
    }

    private static List<Picture> part(Path file) {
        var images = new ArrayList<Picture>();
        for (var line : TextLists.lines(file)) {
            var entries = line.split(" ");
            var end = entries[0].lastIndexOf('_');
            if (entries.length != ENTRIES || end < 1) {
                throw new DataSetException(file + " has the line \"" + line
                        + "\", where one like \"Abyssinian_100 1 1 1\" is needed: fetch it again");
            }
            var breed = entries[0].substring(0, end).toLowerCase(Locale.ROOT);
            images.add(new Picture(entries[0] + ".jpg", TextLists.label(file, entries[1], Integer.MAX_VALUE), breed));
        }
        return images;
    }
}
