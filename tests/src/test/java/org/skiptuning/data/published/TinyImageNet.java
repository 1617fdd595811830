package org.skiptuning.data.published;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.skiptuning.data.published.TinyDataSet.Item;
import org.skiptuning.data.published.TinyDataSet.Parts;

/** Folders whose names {@code classnames.txt} knows: ImageNet and its variants. */
final class TinyImageNet {
    /** In the order of the folders' names; two names are those of two folders each. */
    private static final Map<String, String> CLASSES = new TreeMap<>(Map.of(
            "n01440764", "tench",
            "n03773504", "missile",
            "n03888257", "parachute",
            "n04008634", "missile",
            "n04355933", "sunglasses",
            "n04356056", "sunglasses"));

    private static final List<String> FOLDERS = List.copyOf(CLASSES.keySet());
    private static final List<String> NAMES = List.copyOf(CLASSES.values());

    private TinyImageNet() {}

    static TinyDataSet imageNet() {
        return TinyDataSet.listed(
                "imagenet",
                "imagenet",
                "images",
                NAMES,
                new Parts(
                        items(5, "train/%s/%d.JPEG", FOLDERS),
                        List.of(),
                        items(2, "val/%s/ILSVRC2012_val_%d.JPEG", FOLDERS)),
                TinyImageNet::writeNames);
    }

    static Stream<TinyDataSet> variants() {
        var some = List.of("n03773504", "n04355933", "n04356056");
        var names = List.of("missile", "sunglasses", "sunglasses");
        return Stream.of(
                testOnly("imagenetv2", "imagenetv2", "imagenetv2-matched-frequency-format-val", NAMES, numbers()),
                testOnly("imagenet_sketch", "imagenet-sketch", "images", NAMES, FOLDERS),
                testOnly("imagenet_a", "imagenet-adversarial", "imagenet-a", names, some),
                testOnly("imagenet_r", "imagenet-rendition", "imagenet-r", names, some));
    }

    private static List<String> numbers() {
        return List.of("0", "1", "2", "3", "4", "5");
    }

    private static TinyDataSet testOnly(
            String name, String home, String pictures, List<String> names, List<String> folders) {
        var parts = new Parts(List.of(), List.of(), items(3, "%s/%d.jpg", folders));
        return TinyDataSet.listed(name, home, pictures, names, parts, folder -> {
            writeNames(folder);
            TinyDataSet.text(folder.resolve(pictures).resolve("README.txt"), "no class");
        });
    }

    private static void writeNames(Path home) {
        TinyDataSet.text(
                home.resolve("classnames.txt"),
                CLASSES.entrySet().stream()
                        .map(entry -> entry.getKey() + " " + entry.getValue())
                        .toArray(String[]::new));
    }

    private static List<Item> items(int each, String path, List<String> folders) {
        var items = new ArrayList<Item>();
        for (var label = 0; label < folders.size(); label++) {
            for (var i = 0; i < each; i++) {
                items.add(new Item(path.formatted(folders.get(label), i), label));
            }
        }
        return items;
    }
}
