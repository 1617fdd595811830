package org.skiptuning.data.published;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.skiptuning.data.published.TinyDataSet.Item;
import org.skiptuning.data.published.TinyDataSet.Writer;

/** A folder a class. */
final class TinyFolders {
    private static final int PICTURES = 10;

    private TinyFolders() {}

    static TinyDataSet caltech() {
        return of(
                "caltech101",
                "caltech-101",
                "101_ObjectCategories",
                "split_zhou_Caltech101.json",
                List.of("Faces", "Leopards", "Motorbikes", "accordion", "airplanes"),
                List.of("face", "leopard", "motorbike", "accordion", "airplane"),
                home -> {
                    var pictures = home.resolve("101_ObjectCategories");
                    TinyDataSet.picture(pictures.resolve("BACKGROUND_Google/image_0001.jpg"));
                    TinyDataSet.picture(pictures.resolve("Faces_easy/image_0001.jpg"));
                    clutter(pictures, "accordion");
                });
    }

    static TinyDataSet food() {
        return of(
                "food101",
                "food-101",
                "images",
                "split_zhou_Food101.json",
                List.of("apple_pie", "baby_back_ribs", "baklava"),
                List.of("apple_pie", "baby_back_ribs", "baklava"),
                home -> {
                    TinyDataSet.text(home.resolve("meta/train.txt"), "apple_pie/1005649");
                    TinyDataSet.text(home.resolve("README.txt"), "Food-101");
                });
    }

    static TinyDataSet textures() {
        return of(
                "dtd",
                "dtd",
                "images",
                "split_zhou_DescribableTextures.json",
                List.of("banded", "blotchy", "braided", "zigzagged"),
                List.of("banded", "blotchy", "braided", "zigzagged"),
                home -> clutter(home.resolve("images"), "braided"));
    }

    static TinyDataSet satellite() {
        return of(
                "eurosat",
                "eurosat",
                "2750",
                "split_zhou_EuroSAT.json",
                List.of(
                        "AnnualCrop",
                        "Forest",
                        "HerbaceousVegetation",
                        "Highway",
                        "Industrial",
                        "Pasture",
                        "PermanentCrop",
                        "Residential",
                        "River",
                        "SeaLake"),
                List.of(
                        "Annual Crop Land",
                        "Forest",
                        "Herbaceous Vegetation Land",
                        "Highway or Road",
                        "Industrial Buildings",
                        "Pasture Land",
                        "Permanent Crop Land",
                        "Residential Buildings",
                        "River",
                        "Sea or Lake"),
                home -> {});
    }

    private static TinyDataSet of(
            String name,
            String home,
            String pictures,
            String split,
            List<String> folders,
            List<String> classNames,
            Writer others) {
        var items = new ArrayList<Item>();
        for (var label = 0; label < folders.size(); label++) {
            for (var i = 1; i <= PICTURES; i++) {
                items.add(new Item(folders.get(label) + "/image_%04d.jpg".formatted(i), label));
            }
        }
        return TinyDataSet.split(name, home, pictures, split, classNames, items, List.of(), others);
    }

    /** What archives and desktops leave among the pictures. */
    private static void clutter(Path pictures, String folder) {
        TinyDataSet.text(pictures.resolve(".DS_Store"), "");
        TinyDataSet.text(pictures.resolve(folder).resolve(".directory"), "");
        TinyDataSet.text(pictures.resolve(folder).resolve("tmp"), "");
        TinyDataSet.picture(pictures.resolve(".thumbnails/image_0001.jpg"));
    }
}
