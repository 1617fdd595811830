package org.skiptuning.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import org.skiptuning.ImageResult;
import org.skiptuning.cli.DemoCommand.Halves;
import org.skiptuning.data.DataSet;
import org.skiptuning.report.PictureCard;
import org.skiptuning.report.PictureCard.Guess;
import org.skiptuning.report.Tally;

/** Which test pictures the report shows: some of each kind, spread over classes, always the same for the same results. */
final class PictureChoice {
    private static final int CORRECTED = 10;
    private static final int BROKEN = 4;
    private static final int RIGHT = 5;
    private static final int WRONG = 5;

    /** A picture's two predictions. */
    private record Pair(DataSet half, String halfName, ImageResult before, ImageResult after) {
        String name() {
            return half.classNames().get(before.label());
        }
    }

    private final List<Pair> pairs = new ArrayList<>();

    PictureChoice(DataSet data, Halves before, Halves after) {
        add(data.base(), "base", before.base().images(), after.base().images());
        add(data.unseen(), "new", before.unseen().images(), after.unseen().images());
    }

    private void add(DataSet half, String name, List<ImageResult> before, List<ImageResult> after) {
        for (int i = 0; i < before.size(); i++) {
            pairs.add(new Pair(half, name, before.get(i), after.get(i)));
        }
    }

    Tally tally() {
        return new Tally(
                count(PictureChoice::corrected),
                count(PictureChoice::broken),
                count(PictureChoice::right),
                count(PictureChoice::wrong));
    }

    private int count(Predicate<Pair> kind) {
        return (int) pairs.stream().filter(kind).count();
    }

    List<PictureCard> cards() {
        var chosen = new ArrayList<Pair>();
        var shown = new HashSet<String>();
        choose(chosen, shown, PictureChoice::corrected, CORRECTED);
        choose(chosen, shown, PictureChoice::broken, BROKEN);
        choose(chosen, shown, PictureChoice::right, RIGHT);
        choose(chosen, shown, PictureChoice::wrong, WRONG);
        return chosen.stream().map(PictureChoice::card).toList();
    }

    /** Those the tuned model is surest of, one a class. */
    private void choose(List<Pair> chosen, HashSet<String> shown, Predicate<Pair> kind, int count) {
        pairs.stream()
                .filter(kind)
                .sorted(Comparator.comparingDouble((Pair pair) -> -pair.after().probability())
                        .thenComparing(pair -> pair.before().image()))
                .filter(pair -> shown.add(pair.name()))
                .limit(count)
                .forEach(chosen::add);
    }

    private static boolean corrected(Pair pair) {
        return !pair.before().correct() && pair.after().correct();
    }

    private static boolean broken(Pair pair) {
        return pair.before().correct() && !pair.after().correct();
    }

    private static boolean right(Pair pair) {
        return pair.before().correct() && pair.after().correct();
    }

    private static boolean wrong(Pair pair) {
        return !pair.before().correct() && !pair.after().correct();
    }

    private static PictureCard card(Pair pair) {
        return new PictureCard(
                dataUri(pair.before().image()),
                pair.name(),
                pair.halfName(),
                guess(pair, pair.before()),
                guess(pair, pair.after()));
    }

    private static Guess guess(Pair pair, ImageResult result) {
        return new Guess(pair.half().classNames().get(result.predicted()), result.probability(), result.correct());
    }

    private static String dataUri(Path image) {
        String name = image.getFileName().toString().toLowerCase(Locale.ROOT);
        String type =
                name.endsWith(".jpg") || name.endsWith(".jpeg") ? "jpeg" : name.endsWith(".webp") ? "webp" : "png";
        try {
            return "data:image/" + type + ";base64," + Base64.getEncoder().encodeToString(Files.readAllBytes(image));
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }
}
