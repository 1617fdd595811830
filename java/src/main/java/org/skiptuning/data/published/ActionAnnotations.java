package org.skiptuning.data.published;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.skiptuning.DataSetException;

/**
 * UCF101: {@code ApplyEyeMakeup/v_ApplyEyeMakeup_g08_c01.avi 1} a line; the middle frame of a film lies in a folder of the
 * action's words, {@code Apply_Eye_Makeup}, which is the class's name.
 *
 * @param names a file with {@code 1 ApplyEyeMakeup} a line
 */
record ActionAnnotations(String names, String train, String test) implements Annotations {
    private static final Pattern WORD = Pattern.compile("[A-Z][^A-Z]*");

    @Override
    public List<String> files() {
        return List.of(names, train, test);
    }

    @Override
    public Annotated read(Path home, Path pictures) {
        var labels = labels(home.resolve(names));
        return new Annotated(part(home.resolve(train), labels), part(home.resolve(test), labels));
    }

    private static Map<String, Integer> labels(Path file) {
        var labels = new HashMap<String, Integer>();
        for (var line : TextLists.pairs(file)) {
            if (labels.put(line.rest(), TextLists.label(file, line.first(), Integer.MAX_VALUE)) != null) {
                throw TextLists.twice(file, line.rest());
            }
        }
        return labels;
    }

    private static List<Picture> part(Path file, Map<String, Integer> labels) {
        var images = new ArrayList<Picture>();
        for (var line : TextLists.lines(file)) {
            var film = line.split(" ")[0];
            var slash = film.indexOf('/');
            var label = labels.get(film.substring(0, Math.max(0, slash)));
            if (label == null) {
                throw new DataSetException(
                        file + " has the film \"" + film + "\" of a class that no list names: fetch it again");
            }
            var words = WORD.matcher(film.substring(0, slash))
                    .results()
                    .map(MatchResult::group)
                    .collect(Collectors.joining("_"));
            var frame = film.substring(slash + 1).replaceFirst("\\.avi$", ".jpg");
            images.add(new Picture(words + "/" + frame, label, words));
        }
        return images;
    }
}
