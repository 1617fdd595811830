package org.skiptuning.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Random;
import javax.imageio.ImageIO;

/** A report with made-up figures, to look at and to test. */
final class SampleReport {
    private static final List<String> NAMES = List.of(
            "alarm clock",
            "bell",
            "bicycle",
            "books",
            "camera",
            "cat face",
            "cloud with lightning and rain",
            "credit card",
            "desktop computer",
            "envelope",
            "fire",
            "globe with meridians",
            "hammer and wrench",
            "house",
            "key",
            "<b>kite</b>");

    private SampleReport() {}

    static DemoReport report() {
        var random = new Random(7);
        return new DemoReport(
                "glyphs",
                "100 things, drawn as interface icons in styles the model has never seen. Eight pictures a class were trained on,"
                        + " for half of the classes; the other half was held back.",
                "24 November 2026",
                List.of(
                        new MethodRow(
                                "zero-shot",
                                "Zero-shot",
                                12.3,
                                14.5,
                                13.3,
                                OptionalDouble.empty(),
                                OptionalLong.empty(),
                                OptionalLong.empty(),
                                OptionalLong.empty(),
                                "the model as it came"),
                        new MethodRow(
                                "skip",
                                "Skip Tuning",
                                22.7,
                                14.6,
                                17.8,
                                OptionalDouble.of(27.4),
                                OptionalLong.of(812L << 20),
                                OptionalLong.of(96L << 20),
                                OptionalLong.of(2_410_000),
                                "ω = 9, rate 3e-4, 10 epochs"),
                        new MethodRow(
                                "full",
                                "Full fine-tuning",
                                31.9,
                                16.7,
                                21.9,
                                OptionalDouble.of(66.1),
                                OptionalLong.of(1_420L << 20),
                                OptionalLong.of(310L << 20),
                                OptionalLong.of(8_700_000),
                                "every block, rate 1e-4, 10 epochs")),
                new Tally(61, 22, 68, 580),
                pictures(random),
                List.of(
                        curve("skip", "Skip Tuning", random, 520, 1.5f),
                        curve("full", "Full fine-tuning", random, 520, 3.6f)),
                classes(random),
                List.of(
                        new Fact(
                                "Start layer ω", "9 of 12", "blocks that stay frozen; their outputs are computed once"),
                        new Fact("Share of classes kept r", "0.05"),
                        new Fact("Learning rate", "3e-4 text, 3e-4 image"),
                        new Fact("Templates", "a picture of a {}.")),
                List.of(
                        new Fact("Processor", "AMD EPYC, 2 threads"),
                        new Fact("LibTorch", "2.10.0"),
                        new Fact("Java", "25.0.1")),
                List.of(new Licence("Noto Emoji", "Google Inc", "Apache 2.0")),
                true);
    }

    private static Curve curve(String key, String name, Random random, int steps, float from) {
        var losses = new float[steps];
        for (int i = 0; i < steps; i++) {
            losses[i] = (float) (from * Math.exp(-2.2 * i / steps) * (1 + 0.25 * random.nextGaussian()) + 0.15);
        }
        return new Curve(key, name, "Cross entropy against the classes each step keeps.", losses);
    }

    private static List<ClassChange> classes(Random random) {
        var classes = new ArrayList<ClassChange>();
        for (int i = 0; i < 100; i++) {
            int total = 6 + random.nextInt(3);
            int before = random.nextInt(3);
            int after = Math.clamp(before + Math.round(random.nextGaussian() * 1.4 + (i < 50 ? 0.9 : 0)), 0, total);
            classes.add(new ClassChange(
                    NAMES.get(i % NAMES.size()) + " " + i, i < 50 ? "base" : "new", before, after, total));
        }
        return classes;
    }

    private static List<PictureCard> pictures(Random random) {
        var cards = new ArrayList<PictureCard>();
        for (int i = 0; i < 16; i++) {
            boolean before = i % 4 == 1 || i % 4 == 2;
            boolean after = i % 4 == 0 || i % 4 == 2;
            String name = NAMES.get(i);
            String other = NAMES.get((i + 5) % NAMES.size());
            cards.add(new PictureCard(
                    picture(random),
                    name,
                    i % 2 == 0 ? "base" : "new",
                    new PictureCard.Guess(before ? name : other, 0.1 + 0.3 * random.nextDouble(), before),
                    new PictureCard.Guess(after ? name : other, 0.3 + 0.6 * random.nextDouble(), after)));
        }
        return cards;
    }

    private static String picture(Random random) {
        var image = new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB);
        var pen = image.createGraphics();
        pen.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        pen.setColor(Color.WHITE);
        pen.fillRect(0, 0, 64, 64);
        pen.setColor(Color.BLACK);
        pen.setStroke(new BasicStroke(4));
        for (int i = 0; i < 3; i++) {
            pen.drawOval(
                    8 + random.nextInt(24), 8 + random.nextInt(24), 10 + random.nextInt(20), 10 + random.nextInt(20));
        }
        pen.dispose();
        var bytes = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, "png", bytes);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return "data:image/png;base64," + Base64.getEncoder().encodeToString(bytes.toByteArray());
    }

    /** Writes the sample to a file, for looking at it in a browser. */
    public static void main(String[] arguments) throws IOException {
        Files.writeString(Path.of(arguments[0]), report().toHtml());
    }
}
