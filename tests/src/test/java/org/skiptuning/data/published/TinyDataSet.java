package org.skiptuning.data.published;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.skiptuning.data.LabelledImage;
import tools.jackson.databind.json.JsonMapper;

/**
 * A published data set in its exact layout, with a few tiny pictures.
 *
 * @param home its folder
 * @param pictures the folder that paths are relative to, below {@code home}
 * @param splitFile empty where there is none
 * @param classNames what must come of it
 * @param rest what its annotations list, less its own test part; empty where it needs no split file
 * @param ownTest its own test part; empty where it has none
 * @param published the parts of the split file, or of its own lists
 * @param annotations writes all that is beside pictures and split file
 */
public record TinyDataSet(
        String name,
        String home,
        String pictures,
        String splitFile,
        List<String> classNames,
        List<Item> rest,
        List<Item> ownTest,
        Parts published,
        Writer annotations) {
    private static final byte[] PICTURE = jpeg();

    /** A picture's path below the folder of pictures, and its class. */
    public record Item(String path, int label) {}

    /** Three lists. */
    public record Parts(List<Item> train, List<Item> validation, List<Item> test) {}

    /** Writes files below the data set's folder. */
    @FunctionalInterface
    public interface Writer {
        void write(Path home) throws IOException;
    }

    /** One with a split file: its parts come in no order that anything else has. */
    static TinyDataSet split(
            String name,
            String home,
            String pictures,
            String splitFile,
            List<String> classNames,
            List<Item> rest,
            List<Item> ownTest,
            Writer annotations) {
        var parts = new Parts(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(ownTest.reversed()));
        var backwards = rest.reversed();
        for (var i = 0; i < backwards.size(); i++) {
            var part = i % 5 == 1 ? parts.validation() : i % 5 == 2 && ownTest.isEmpty() ? parts.test() : parts.train();
            part.add(backwards.get(i));
        }
        return new TinyDataSet(name, home, pictures, splitFile, classNames, rest, ownTest, parts, annotations);
    }

    /** One that needs no split file. */
    static TinyDataSet listed(
            String name, String home, String pictures, List<String> classNames, Parts parts, Writer annotations) {
        return new TinyDataSet(name, home, pictures, "", classNames, List.of(), List.of(), parts, annotations);
    }

    public boolean hasSplit() {
        return !splitFile.isEmpty();
    }

    /** All of it. */
    public Path write(Path root) {
        writeWithoutSplit(root);
        if (hasSplit()) {
            text(root.resolve(home).resolve(splitFile), splitJson());
        }
        return root;
    }

    /** As after fetching what its makers publish. */
    public Path writeWithoutSplit(Path root) {
        Stream.of(rest, ownTest, published.train(), published.validation(), published.test())
                .flatMap(List::stream)
                .distinct()
                .forEach(item -> picture(folder(root).resolve(item.path())));
        try {
            annotations.write(root.resolve(home));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return root;
    }

    public Path folder(Path root) {
        return root.resolve(home).resolve(pictures);
    }

    private String splitJson() {
        return "{\"train\": " + json(published.train()) + ", \"val\": " + json(published.validation()) + ", \"test\": "
                + json(published.test()) + "}";
    }

    private String json(List<Item> items) {
        return JsonMapper.shared()
                .writeValueAsString(items.stream()
                        .map(item -> List.of(item.path(), item.label(), classNames.get(item.label())))
                        .toList());
    }

    /** Items as a data set opened from {@code root} gives them. */
    List<LabelledImage> images(Path root, List<Item> items) {
        return items.stream()
                .map(item -> new LabelledImage(folder(root).resolve(item.path()), item.label()))
                .toList();
    }

    static void text(Path file, String... lines) {
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, String.join("\n", lines) + "\n");
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    public static void picture(Path file) {
        try {
            Files.createDirectories(file.getParent());
            Files.write(file, PICTURE);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static byte[] jpeg() {
        var bytes = new ByteArrayOutputStream();
        try {
            ImageIO.write(new BufferedImage(9, 7, BufferedImage.TYPE_INT_RGB), "jpeg", bytes);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return bytes.toByteArray();
    }

    @Override
    public String toString() {
        return name;
    }
}
