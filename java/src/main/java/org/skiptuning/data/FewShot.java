package org.skiptuning.data;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Draws k pictures a class as {@code generate_fewshot_dataset} of Dassl does. */
final class FewShot {
    private static final int NAMED_CLASSES = 5;

    private FewShot() {}

    /** Classes come in the order of their first picture, the pictures of a class in the order drawn. */
    static List<LabelledImage> sample(List<LabelledImage> images, int shots, PythonRandom random) {
        var groups = new LinkedHashMap<Integer, List<LabelledImage>>();
        for (var image : images) {
            groups.computeIfAbsent(image.label(), label -> new ArrayList<>()).add(image);
        }
        var drawn = new ArrayList<LabelledImage>();
        for (var ofClass : groups.values()) {
            drawn.addAll(ofClass.size() < shots ? ofClass : random.sample(ofClass, shots)); // too few: nothing is drawn
        }
        return drawn;
    }

    /** One line on the classes with fewer training pictures than shots, if there are any. */
    static Optional<String> smallClasses(DataSet data, int shots) {
        var counts = new int[data.classNames().size()];
        data.train().forEach(image -> counts[image.label()]++);
        var small = new ArrayList<String>();
        for (var label = 0; label < counts.length; label++) {
            if (counts[label] < shots) {
                small.add(data.classNames().get(label) + " (" + counts[label] + ")");
            }
        }
        if (small.isEmpty()) {
            return Optional.empty();
        }
        var named = small.stream().limit(NAMED_CLASSES).collect(Collectors.joining(", "));
        var more = small.size() > NAMED_CLASSES ? " and " + (small.size() - NAMED_CLASSES) + " more" : "";
        return Optional.of((small.size() == 1 ? "1 class has" : small.size() + " classes have") + " fewer than " + shots
                + " training pictures, all of which are used: " + named + more);
    }
}
