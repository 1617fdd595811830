package org.skiptuning;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import org.skiptuning.data.DataSet;
import org.skiptuning.data.LabelledImage;

/** Small PNG pictures, each class with its colour and noise upon it. */
final class TinyPictures {
    private static final Color[] COLOURS = {
        Color.RED, Color.GREEN, Color.BLUE, Color.YELLOW, Color.BLACK, Color.WHITE, Color.PINK, Color.GRAY
    };

    private TinyPictures() {}

    static DataSet write(Path folder, int classes, int train, int test) throws IOException {
        return new DataSet(
                "tiny",
                TinyClip.names(classes),
                part(folder.resolve("train"), classes, train, 1),
                List.of(),
                part(folder.resolve("test"), classes, test, 2),
                "");
    }

    private static List<LabelledImage> part(Path folder, int classes, int each, long seed) throws IOException {
        Files.createDirectories(folder);
        var random = new SplittableRandom(seed);
        var images = new ArrayList<LabelledImage>();
        for (var label = 0; label < classes; label++) {
            for (var i = 0; i < each; i++) {
                var file = folder.resolve(TinyClip.names(classes).get(label) + " " + i + ".png");
                ImageIO.write(picture(COLOURS[label], random), "png", file.toFile());
                images.add(new LabelledImage(file, label));
            }
        }
        return images;
    }

    private static BufferedImage picture(Color colour, SplittableRandom random) {
        var picture = new BufferedImage(40, 36, BufferedImage.TYPE_INT_RGB);
        for (var y = 0; y < picture.getHeight(); y++) {
            for (var x = 0; x < picture.getWidth(); x++) {
                var share = random.nextDouble(0.5, 1);
                var grey = (int) (255 * (1 - share) * random.nextDouble());
                picture.setRGB(
                        x,
                        y,
                        new Color(
                                        (int) (colour.getRed() * share) + grey,
                                        (int) (colour.getGreen() * share) + grey,
                                        (int) (colour.getBlue() * share) + grey)
                                .getRGB());
            }
        }
        return picture;
    }
}
