package org.skiptuning.data.published;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.skiptuning.data.published.TinyDataSet.Item;
import tools.jackson.databind.json.JsonMapper;
import us.hebi.matlab.mat.format.Mat5;
import us.hebi.matlab.mat.types.Array;

/** MATLAB's files that list the pictures. */
final class TinyMatlab {
    private TinyMatlab() {}

    static TinyDataSet cars() {
        var names = List.of("AM General Hummer SUV 2000", "Acura RL Sedan 2012", "Volvo C30 Hatchback 2012");
        var rest = numbered("cars_train/%05d.jpg", 10);
        var test = numbered("cars_test/%05d.jpg", 3);
        return TinyDataSet.split(
                "stanford_cars",
                "stanford_cars",
                "",
                "split_zhou_StanfordCars.json",
                List.of("2000 AM General Hummer SUV", "2012 Acura RL Sedan", "2012 Volvo C30 Hatchback"),
                rest,
                test,
                home -> {
                    var cells = Mat5.newCell(1, names.size());
                    for (var i = 0; i < names.size(); i++) {
                        cells.set(i, Mat5.newString(names.get(i)));
                    }
                    write(home.resolve("devkit/cars_meta.mat"), "class_names", cells);
                    write(home.resolve("devkit/cars_train_annos.mat"), "annotations", annotations(rest));
                    write(home.resolve("cars_test_annos_withlabels.mat"), "annotations", annotations(test));
                });
    }

    private static Array annotations(List<Item> items) {
        var records = Mat5.newStruct(1, items.size());
        for (var i = 0; i < items.size(); i++) {
            var item = items.get(i);
            records.set("bbox_x1", i, Mat5.newScalar(39));
            records.set("class", i, Mat5.newScalar(item.label() + 1));
            records.set(
                    "fname", i, Mat5.newString(item.path().substring(item.path().indexOf('/') + 1)));
        }
        return records;
    }

    static TinyDataSet flowers() {
        var items = numbered("image_%05d.jpg", 10);
        var names = Map.of(
                "1", "pink primrose",
                "2", "hard-leaved pocket orchid",
                "3", "canterbury bells");
        return TinyDataSet.split(
                "oxford_flowers",
                "oxford_flowers",
                "jpg",
                "split_zhou_OxfordFlowers.json",
                List.of("pink primrose", "hard-leaved pocket orchid", "canterbury bells"),
                items,
                List.of(),
                home -> {
                    var labels = Mat5.newMatrix(1, items.size());
                    for (var i = 0; i < items.size(); i++) {
                        labels.setInt(i, items.get(i).label() + 1);
                    }
                    write(home.resolve("imagelabels.mat"), "labels", labels);
                    TinyDataSet.text(
                            home.resolve("cat_to_name.json"),
                            JsonMapper.shared().writeValueAsString(names));
                });
    }

    /** The last class first, as Oxford Flowers begins with its 77th. */
    private static List<Item> numbered(String path, int each) {
        var items = new ArrayList<Item>();
        for (var label = 2; label >= 0; label--) {
            for (var i = 0; i < each; i++) {
                items.add(new Item(path.formatted(items.size() + 1), label));
            }
        }
        return items;
    }

    static void write(Path file, String variable, Array value) throws IOException {
        Files.createDirectories(file.getParent());
        Mat5.writeToFile(Mat5.newMatFile().addArray(variable, value), file.toFile());
    }
}
