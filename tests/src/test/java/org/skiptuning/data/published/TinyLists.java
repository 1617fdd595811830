package org.skiptuning.data.published;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.skiptuning.data.published.TinyDataSet.Item;
import org.skiptuning.data.published.TinyDataSet.Parts;

/** Text files that list the pictures. */
final class TinyLists {
    private static final int TRAIN = 10;
    private static final int TEST = 3;

    private TinyLists() {}

    static TinyDataSet pets() {
        var breeds = List.of("Abyssinian", "american_bulldog", "Egyptian_Mau");
        var rest = items(TRAIN, 3, (label, i) -> breeds.get(label) + "_" + (100 + i) + ".jpg");
        var test = items(TEST, 3, (label, i) -> breeds.get(label) + "_" + (1 + i) + ".jpg");
        Function<Item, String> line = item -> item.path().replace(".jpg", "") + " " + (item.label() + 1) + " 1 1";
        return TinyDataSet.split(
                "oxford_pets",
                "oxford_pets",
                "images",
                "split_zhou_OxfordPets.json",
                List.of("abyssinian", "american_bulldog", "egyptian_mau"),
                rest,
                test,
                home -> {
                    TinyDataSet.text(home.resolve("annotations/trainval.txt"), lines(rest, line));
                    TinyDataSet.text(home.resolve("annotations/test.txt"), lines(test, line));
                });
    }

    static TinyDataSet scenes() {
        var scenes = List.of("a/abbey", "a/apartment_building/outdoor", "b/bakery/shop");
        var rest = items(TRAIN, 3, (label, i) -> scenes.get(label) + "/sun_a" + i + ".jpg");
        var test = items(TEST, 3, (label, i) -> scenes.get(label) + "/sun_b" + i + ".jpg");
        return TinyDataSet.split(
                "sun397",
                "sun397",
                "SUN397",
                "split_zhou_SUN397.json",
                List.of("abbey", "outdoor apartment_building", "shop bakery"),
                rest,
                test,
                home -> {
                    TinyDataSet.text(
                            home.resolve("ClassName.txt"),
                            scenes.stream().map(scene -> "/" + scene).toArray(String[]::new));
                    TinyDataSet.text(home.resolve("Training_01.txt"), lines(rest, item -> "/" + item.path()));
                    TinyDataSet.text(home.resolve("Testing_01.txt"), lines(test, item -> "/" + item.path()));
                });
    }

    static TinyDataSet actions() {
        var actions = List.of("ApplyEyeMakeup", "BasketballDunk", "YoYo");
        var folders = List.of("Apply_Eye_Makeup", "Basketball_Dunk", "Yo_Yo");
        var rest = items(TRAIN, 3, (label, i) -> film(folders.get(label), actions.get(label), 8, i));
        var test = items(TEST, 3, (label, i) -> film(folders.get(label), actions.get(label), 1, i));
        Function<Item, String> film = item -> actions.get(item.label()) + "/"
                + item.path().substring(item.path().indexOf('/') + 1).replace(".jpg", ".avi");
        return TinyDataSet.split(
                "ucf101", "ucf101", "UCF-101-midframes", "split_zhou_UCF101.json", folders, rest, test, home -> {
                    var lists = home.resolve("ucfTrainTestlist");
                    TinyDataSet.text(
                            lists.resolve("classInd.txt"),
                            IntStream.range(0, 3)
                                    .mapToObj(label -> (label + 1) + " " + actions.get(label))
                                    .toArray(String[]::new));
                    TinyDataSet.text(
                            lists.resolve("trainlist01.txt"),
                            lines(rest, item -> film.apply(item) + " " + (item.label() + 1)));
                    TinyDataSet.text(lists.resolve("testlist01.txt"), lines(test, film));
                });
    }

    private static String film(String folder, String action, int group, int i) {
        return "%s/v_%s_g%02d_c%02d.jpg".formatted(folder, action, group, i);
    }

    static TinyDataSet aircraft() {
        var variants = List.of("707-320", "A340-600", "F-16A/B", "Tu-154");
        var parts = new Parts(
                items(TRAIN, 4, (label, i) -> (1025000 + 10 * label + i) + ".jpg"),
                items(TEST, 4, (label, i) -> (2025000 + 10 * label + i) + ".jpg"),
                items(TEST, 4, (label, i) -> (3025000 + 10 * label + i) + ".jpg"));
        Function<Item, String> line = item -> item.path().replace(".jpg", "") + " " + variants.get(item.label());
        return TinyDataSet.listed("fgvc_aircraft", "fgvc_aircraft", "images", variants, parts, home -> {
            TinyDataSet.text(home.resolve("variants.txt"), variants.toArray(String[]::new));
            TinyDataSet.text(home.resolve("images_variant_train.txt"), lines(parts.train(), line));
            TinyDataSet.text(home.resolve("images_variant_val.txt"), lines(parts.validation(), line));
            TinyDataSet.text(home.resolve("images_variant_test.txt"), lines(parts.test(), line));
        });
    }

    private interface Path {
        String of(int label, int i);
    }

    /** The last class first, so that neither labels nor names are in order. */
    private static List<Item> items(int each, int classes, Path path) {
        var items = new ArrayList<Item>();
        for (var i = 0; i < each; i++) {
            for (var label = classes - 1; label >= 0; label--) {
                items.add(new Item(path.of(label, i), label));
            }
        }
        return items;
    }

    private static String[] lines(List<Item> items, Function<Item, String> line) {
        return items.stream().map(line).toArray(String[]::new);
    }
}
