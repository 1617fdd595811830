package org.skiptuning.pretrain;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.skiptuning.data.bundled.BundledPicture;

/** Coloured squares in corners: enough for a tiny model to learn within seconds. */
final class ToyCorpus {
    static final int SIZE = 40;
    private static final List<String> COLOURS = List.of("red", "green", "blue", "black");
    private static final int[] RGB = {0xe02020, 0x20c020, 0x2020e0, 0x101010};
    private static final List<String> PLACES = List.of("north", "south", "west", "east");
    private static final int STYLES = 3;

    private ToyCorpus() {}

    /** Sixteen things in three styles, which differ in the square's size. */
    static Corpus write(Path folder) throws IOException {
        List<BundledPicture> pictures = new ArrayList<>();
        var file = folder.resolve("toy.rgb");
        var bytes = new byte[STYLES * COLOURS.size() * PLACES.size() * SIZE * SIZE * 3];
        for (var style = 0; style < STYLES; style++) {
            for (var colour = 0; colour < COLOURS.size(); colour++) {
                for (var place = 0; place < PLACES.size(); place++) {
                    var row = pictures.size();
                    var name = PLACES.get(place) + "-" + COLOURS.get(colour);
                    pictures.add(new BundledPicture(row, "style" + style, name, name, ""));
                    draw(bytes, row, RGB[colour], place, 12 + 3 * style);
                }
            }
        }
        Files.write(file, bytes);
        var texts = pictures.stream().map(BundledPicture::text).distinct().toList();
        return new Corpus(file, SIZE, pictures, texts);
    }

    private static void draw(byte[] bytes, int row, int rgb, int place, int side) {
        int[] left = {14, 14, 2, 24};
        int[] top = {2, 24, 14, 14};
        for (var y = 0; y < SIZE; y++) {
            for (var x = 0; x < SIZE; x++) {
                var inside = x >= left[place] && x < left[place] + side && y >= top[place] && y < top[place] + side;
                for (var channel = 0; channel < 3; channel++) {
                    bytes[(row * SIZE * SIZE + y * SIZE + x) * 3 + channel] =
                            (byte) (inside ? rgb >> 16 - 8 * channel : 255);
                }
            }
        }
    }

    /** A recipe of the bundled one's shape, made tiny. */
    static Recipe recipe(int steps) {
        return new Recipe(
                7,
                steps,
                16,
                4,
                0.01,
                0.003,
                0.9,
                0.9,
                0.98,
                0.01,
                0.9,
                "fp32",
                new Recipe.Model(16, 32, 8, 2, 32, 2, 12, 2, 32, 2, 0.5, 0.5),
                new Recipe.Captions("a picture of a {}.", 0.6, List.of("{}.", "the {}")),
                new Recipe.Pictures(
                        new Recipe.Change(0.9, 1.1, 0.05, 0.02, 0, 0),
                        new Recipe.Change(0.8, 1.2, 0.2, 0.05, 0.2, 0),
                        0.1,
                        List.of("west", "east")));
    }
}
