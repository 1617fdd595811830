package org.skiptuning.data.published;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.skiptuning.DataSetException;
import org.skiptuning.data.LabelledImage;

/** FGVC Aircraft: {@code variants.txt} orders the classes, a file a part gives {@code 1025794 707-320} a line. */
final class AircraftLists implements ListingReader {
    private static final String VARIANTS = "variants.txt";

    private final Path home;
    private final Path pictures;

    AircraftLists(Path home, Path pictures) {
        this.home = home;
        this.pictures = pictures;
    }

    @Override
    public Listing read() {
        var labels = TextLists.labels(home.resolve(VARIANTS));
        return Listing.ofFiles(
                file("{train,val,test}").toString(),
                List.copyOf(labels.keySet()),
                part("train", labels),
                part("val", labels),
                part("test", labels),
                List.of());
    }

    private List<LabelledImage> part(String part, Map<String, Integer> labels) {
        var file = file(part);
        var images = new ArrayList<LabelledImage>();
        for (var line : TextLists.pairs(file)) {
            var label = labels.get(line.rest());
            if (label == null) {
                throw new DataSetException(file + " has the variant \"" + line.rest() + "\", which " + VARIANTS
                        + " does not name: fetch both again");
            }
            images.add(new LabelledImage(Inside.resolve(pictures, line.first() + ".jpg", file), label));
        }
        return images;
    }

    private Path file(String part) {
        return home.resolve("images_variant_" + part + ".txt");
    }
}
