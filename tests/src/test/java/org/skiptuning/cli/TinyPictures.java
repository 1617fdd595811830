package org.skiptuning.cli;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;

/** A folder of small drawings: four classes told apart by colour, names with a space and an umlaut among them. */
final class TinyPictures {
    static final List<String> CLASSES = List.of("blue sky", "grüne wiese", "red brick", "yellow sun");

    private static final List<Color> COLOURS = List.of(Color.BLUE, Color.GREEN, Color.RED, Color.YELLOW);

    private TinyPictures() {}

    /** {@code train/CLASS/i.png} and {@code test/CLASS/i.png}. */
    static Path write(Path folder, int train, int test) throws IOException {
        var random = new SplittableRandom(5);
        for (int label = 0; label < CLASSES.size(); label++) {
            draw(folder.resolve("train").resolve(CLASSES.get(label)), COLOURS.get(label), train, random);
            draw(folder.resolve("test").resolve(CLASSES.get(label)), COLOURS.get(label), test, random);
        }
        return folder;
    }

    private static void draw(Path folder, Color colour, int count, SplittableRandom random) throws IOException {
        Files.createDirectories(folder);
        for (int i = 0; i < count; i++) {
            var image = new BufferedImage(40, 32, BufferedImage.TYPE_INT_RGB);
            for (int y = 0; y < 32; y++) {
                for (int x = 0; x < 40; x++) {
                    image.setRGB(x, y, noisy(colour, random));
                }
            }
            ImageIO.write(image, "png", folder.resolve(i + ".png").toFile());
        }
    }

    private static int noisy(Color colour, SplittableRandom random) {
        return channel(colour.getRed(), random) << 16
                | channel(colour.getGreen(), random) << 8
                | channel(colour.getBlue(), random);
    }

    private static int channel(int value, SplittableRandom random) {
        return Math.clamp(value / 2 + 64 + random.nextInt(60) - 30, 0, 255);
    }
}
