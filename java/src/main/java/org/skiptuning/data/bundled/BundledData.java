package org.skiptuning.data.bundled;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.skiptuning.CancelledException;
import org.skiptuning.DataSetException;
import org.skiptuning.ProgressListener;
import org.skiptuning.data.DataSet;
import org.skiptuning.files.CacheFolder;

/**
 * The bundled pictures as data sets. They are a small benchmark of drawings, not of photographs.
 *
 * <p>Training, validation and test pictures of a task come from different styles, and no test picture shares its drawing
 * with a training picture of the task. {@code twemoji} and {@code fluent-emoji-high-contrast} are never trained on, nor
 * are the interface icon sets; {@code streamline-emojis} is for validation only. NOTE: high-contrast is the black-and-white
 * edition of {@code fluent-emoji-flat}, which pre-training sees.
 */
public final class BundledData {
    /** The prompt that all bundled tasks use. */
    public static final String TEMPLATE = "a picture of a {}.";

    private static final int LEAST_TRAIN_PICTURES = 4;
    private static final int FEW_NAMES = 200;

    private final DrawnPictures drawn;
    private final Splits splits;

    private BundledData(BundledRules rules, DrawnPictures drawn) {
        this.drawn = drawn;
        this.splits = new Splits(rules, drawn);
    }

    /** Opens the pictures from the place that the launcher names and the user's cache folder. */
    public static BundledData open(ProgressListener progress) {
        return open(
                PictureArchive.locate(BundledRules.load().folder()),
                CacheFolder.root().resolve("bundled"),
                progress);
    }

    /**
     * Opens the pictures; the first time, they are drawn into the cache (half a minute on two cores, 340 MB).
     *
     * @param archive  the jar {@code org.webjars.npm:iconify__json:2.2.378}
     * @param cache    a folder for drawn pictures; created where missing, safe to delete and to share
     * @param progress hears {@link org.skiptuning.Phase#DRAW}
     */
    public static BundledData open(Path archive, Path cache, ProgressListener progress) {
        var rules = BundledRules.load();
        try (var jar = PictureArchive.open(archive, rules.folder())) {
            return new BundledData(rules, PictureDrawing.open(rules, jar, cache, progress));
        }
    }

    /** The names that {@link #dataSet} takes. */
    public static List<String> names() {
        return List.of(
                "glyphs",
                "food",
                "animals",
                "things",
                "emoji",
                "emoji-twemoji",
                "emoji-high-contrast",
                "emoji-monotone",
                "twemoji-200",
                "twemoji-all",
                "high-contrast-200",
                "high-contrast-all",
                "streamline-all");
    }

    /**
     * One task; its pictures are written as PNG files into the cache where they aren't there yet.
     *
     * <ul>
     *   <li>{@code glyphs}: things in the black-and-white icon sets of user interfaces; each part from other sets
     *   <li>{@code food}, {@code animals}: train on trained styles, test on the two test styles
     *   <li>{@code things}: the same for things that pre-training has never seen
     *   <li>{@code emoji}: 200 things in styles that pre-training has seen, the test part in one of its own; {@code emoji-*}:
     *       the same things in other styles, test only
     *   <li>{@code twemoji-*}, {@code high-contrast-*}, {@code streamline-*}: test only, names that pre-training knows
     * </ul>
     */
    public DataSet dataSet(String name) {
        return task(name).toDataSet(this::file);
    }

    /** The test pictures of a task, of its classes only. */
    public List<BundledPicture> testPictures(String name) {
        return task(name).ofClasses(task(name).test());
    }

    private BundledTask task(String name) {
        return switch (name) {
            case "glyphs" -> glyphs();
            case "food" -> category(name, "Food & Drink");
            case "animals" -> category(name, "Animals & Nature");
            case "things" -> things();
            case "emoji" -> emoji();
            case "emoji-twemoji", "emoji-high-contrast", "emoji-monotone" -> emojiIn(name);
            case "twemoji-200" -> zeroShot(name, "twemoji", FEW_NAMES);
            case "twemoji-all" -> zeroShot(name, "twemoji", Integer.MAX_VALUE);
            case "high-contrast-200" -> zeroShot(name, "fluent-emoji-high-contrast", FEW_NAMES);
            case "high-contrast-all" -> zeroShot(name, "fluent-emoji-high-contrast", Integer.MAX_VALUE);
            case "streamline-all" -> zeroShot(name, "streamline-emojis", Integer.MAX_VALUE);
            default ->
                throw new DataSetException(
                        "The bundled data has no task " + name + ": choose one of " + String.join(", ", names()) + ".");
        };
    }

    private BundledTask glyphs() {
        var test = splits.glyphs(Role.TEST);
        return new BundledTask(
                "glyphs",
                splits.glyphNames(),
                splits.withoutCopies(test, splits.glyphs(Role.TRAIN)),
                splits.withoutCopies(test, splits.glyphs(Role.VALIDATION)),
                test);
    }

    private BundledTask category(String name, String category) {
        var test = splits.withRole(Role.TEST).stream()
                .filter(splits.inCategory(category))
                .toList();
        return emojiTask(
                name,
                splits.training().stream().filter(splits.inCategory(category)).toList(),
                test);
    }

    private BundledTask things() {
        var unseen = splits.heldOut();
        var test = splits.withRole(Role.TEST).stream()
                .filter(picture -> unseen.contains(picture.name()))
                .toList();
        var train = splits.withRole(Role.TRAIN).stream()
                .filter(picture -> unseen.contains(picture.name()))
                .toList();
        return emojiTask("things", train, test);
    }

    private BundledTask emoji() {
        var test = splits.domainTest();
        return new BundledTask("emoji", splits.domainNames(FEW_NAMES), splits.domainTraining(), List.of(), test);
    }

    private BundledTask emojiIn(String name) {
        return new BundledTask(name, splits.domainNames(FEW_NAMES), List.of(), List.of(), splits.domainTarget(name));
    }

    private BundledTask emojiTask(String name, List<BundledPicture> candidates, List<BundledPicture> test) {
        var train = splits.apartFrom(test, candidates);
        var counts = train.stream().collect(Collectors.groupingBy(BundledPicture::name, Collectors.counting()));
        var tested = nameSet(test);
        var classes = new TreeMap<>(counts)
                .entrySet().stream()
                        .filter(entry -> entry.getValue() >= LEAST_TRAIN_PICTURES && tested.contains(entry.getKey()))
                        .map(Map.Entry::getKey)
                        .toList();
        return new BundledTask(name, classes, train, splits.withRole(Role.VALIDATION), test);
    }

    private BundledTask zeroShot(String name, String style, int count) {
        var pictures = splits.style(style);
        var known = splits.trainedNames();
        var names = nameSet(pictures).stream().filter(known::contains).toList();
        return new BundledTask(name, Splits.sample(names, count, 1, FEW_NAMES), List.of(), List.of(), pictures);
    }

    private static Set<String> nameSet(Collection<BundledPicture> pictures) {
        return pictures.stream().map(BundledPicture::name).collect(Collectors.toCollection(TreeSet::new));
    }

    private Path file(BundledPicture picture) {
        var file = drawn.folder().resolve(picture.style()).resolve(picture.icon() + ".png");
        try {
            DrawnFiles.writeOnce(file, () -> png(drawn.rgb(picture)));
        } catch (ClosedByInterruptException e) {
            throw new CancelledException("Stopped while writing the bundled pictures; the next run goes on.");
        } catch (IOException e) {
            throw new DataSetException("The picture " + file + " can't be written: " + e.getMessage(), e);
        }
        return file;
    }

    private byte[] png(byte[] rgb) throws IOException {
        var size = drawn.size();
        var image = new BufferedImage(size, size, BufferedImage.TYPE_INT_RGB);
        for (var i = 0; i < size * size; i++) {
            image.setRGB(
                    i % size, i / size, (rgb[3 * i] & 255) << 16 | (rgb[3 * i + 1] & 255) << 8 | rgb[3 * i + 2] & 255);
        }
        var bytes = new ByteArrayOutputStream();
        ImageIO.write(image, "png", bytes);
        return bytes.toByteArray();
    }

    /** Whose pictures these are, by style; reports must name them. */
    public Map<String, StyleInfo> styles() {
        return drawn.styles();
    }

    /** Every picture, in the order of the rules. */
    public List<BundledPicture> pictures() {
        return drawn.pictures();
    }

    /** The pictures that pre-training may see. */
    public List<BundledPicture> trainingPictures() {
        return splits.training();
    }

    /** Pictures of the validation style whose names pre-training knows. */
    public List<BundledPicture> validationPictures() {
        var known = splits.trainedNames();
        return splits.withRole(Role.VALIDATION).stream()
                .filter(picture -> known.contains(picture.name()))
                .toList();
    }

    /** Every name that any picture has, as text: what a vocabulary must be able to spell. */
    public List<String> allTexts() {
        return splits.allNames().stream().map(name -> name.replace('-', ' ')).toList();
    }

    /** Pixels a side of every picture. */
    public int pictureSize() {
        return drawn.size();
    }

    /** The file of drawn pictures: {@code size × size × 3} bytes a {@link BundledPicture#row() row}, never changed. */
    public Path pixelFile() {
        return drawn.pixelFile();
    }

    /** A picture's bytes, row by row, red, green, blue. */
    public byte[] rgb(BundledPicture picture) {
        return drawn.rgb(picture);
    }
}
