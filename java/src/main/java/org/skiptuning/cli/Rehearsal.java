package org.skiptuning.cli;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/**
 * A short training run on two made-up classes, for the launcher: while it goes, the JVM notes which classes a start needs
 * and keeps them, loaded and linked, in an archive for the starts to come.
 */
public final class Rehearsal {
    private static final int SIDE = 96;

    private Rehearsal() {}

    /** @param arguments an empty folder to work in */
    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        for (Color colour : new Color[] {Color.RED, Color.BLUE}) {
            for (String part : new String[] {"train", "test"}) {
                write(folder.resolve("data").resolve(part).resolve("thing " + colour.getRGB()), colour);
            }
        }
        var nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        var streams = new Streams(nowhere, Terminal.ofProcess(nowhere), Interruption.none());
        System.exit(Main.run(
                streams,
                "train",
                "--model",
                "bundled",
                "--data",
                folder.resolve("data").toString(),
                "--device",
                "cpu",
                "--threads",
                "1",
                "--epochs",
                "1",
                "--output",
                folder.resolve("run").toString(),
                "--json",
                "-"));
    }

    private static void write(Path folder, Color colour) throws IOException {
        Files.createDirectories(folder);
        var picture = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
        var graphics = picture.createGraphics();
        graphics.setColor(colour);
        graphics.fillOval(0, 0, SIDE, SIDE);
        graphics.dispose();
        ImageIO.write(picture, "jpg", folder.resolve("1.jpg").toFile());
    }
}
