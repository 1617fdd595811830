package org.skiptuning.data.bundled;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.skiptuning.data.CounterRandom;
import org.skiptuning.data.Purpose;

/**
 * Which pictures are trained on, validated on and tested on. Whole styles are kept out of training, some things are kept
 * out in every style, and so are drawings that a test style shares with a trained one.
 */
final class Splits {
    private static final int LEAST_DOMAIN_PICTURES = 4;

    /** Tells this draw of names from others. */
    private static final int DOMAIN_NAMES = 201;

    private final BundledRules rules;
    private final DrawnPictures drawn;
    private final List<BundledPicture> emoji;
    private final Map<String, Set<String>> stylesOfName;
    private final Map<String, String> categoryOfName;
    private final Set<String> heldOut;
    private final List<BundledPicture> training;

    Splits(BundledRules rules, DrawnPictures drawn) {
        this.rules = rules;
        this.drawn = drawn;
        var styles = rules.styles().stream().map(BundledRules.Style::name).collect(Collectors.toSet());
        this.emoji = drawn.pictures().stream()
                .filter(picture -> styles.contains(picture.style()))
                .toList();
        this.stylesOfName = emoji.stream()
                .collect(Collectors.groupingBy(
                        BundledPicture::name,
                        TreeMap::new,
                        Collectors.mapping(BundledPicture::style, Collectors.toSet())));
        this.categoryOfName = categories();
        this.heldOut = chooseHeldOut();
        this.training = chooseTraining();
    }

    /** Of each thing the category in the first reference style, or in any style one that things are held out of. */
    private Map<String, String> categories() {
        Map<String, String> categories = new TreeMap<>();
        for (var style : rules.names().references()) {
            emoji.stream()
                    .filter(picture ->
                            picture.style().equals(style) && picture.category().contains("&")
                                    || rules.heldOut().categories().contains(picture.category()))
                    .forEach(picture -> categories.putIfAbsent(picture.name(), picture.category()));
        }
        return categories;
    }

    private Set<String> chooseHeldOut() {
        var held = new TreeSet<String>();
        var options = rules.heldOut();
        for (var category : options.categories()) {
            var names = stylesOfName.keySet().stream()
                    .filter(name -> category.equals(categoryOfName.get(name)))
                    .filter(name ->
                            Objects.requireNonNull(stylesOfName.get(name)).size() >= options.leastStyles())
                    .toList();
            var count = (int) Math.round(options.share() * names.size());
            held.addAll(
                    sample(names, count, options.seed(), options.categories().indexOf(category)));
        }
        return held;
    }

    private List<BundledPicture> chooseTraining() {
        var tested = emoji.stream()
                .filter(picture -> rules.style(picture.style()).role() != Role.TRAIN)
                .toList();
        return withoutCopies(
                tested,
                withRole(Role.TRAIN).stream()
                        .filter(picture -> !heldOut.contains(picture.name()))
                        .toList());
    }

    /** {@code count} of the names, drawn by seed, in the order in which they were. */
    static List<String> sample(List<String> names, int count, long seed, int index) {
        var order = new int[names.size()];
        for (var i = 0; i < order.length; i++) {
            order[i] = i;
        }
        new CounterRandom(seed, Purpose.BUNDLED_NAMES, 0, index).shuffle(order);
        var kept = new TreeSet<Integer>();
        for (var i = 0; i < Math.min(count, order.length); i++) {
            kept.add(order[i]);
        }
        return kept.stream().map(names::get).toList();
    }

    /** Things that no trained style shows, sorted. */
    Set<String> heldOut() {
        return heldOut;
    }

    /** What pre-training sees. */
    List<BundledPicture> training() {
        return training;
    }

    /** Names that pre-training sees, sorted. */
    Set<String> trainedNames() {
        return training.stream().map(BundledPicture::name).collect(Collectors.toCollection(TreeSet::new));
    }

    /** Pictures of one emoji style. */
    List<BundledPicture> style(String style) {
        return emoji.stream().filter(picture -> picture.style().equals(style)).toList();
    }

    /** Pictures of the emoji styles with this role. */
    List<BundledPicture> withRole(Role role) {
        return emoji.stream()
                .filter(picture -> rules.style(picture.style()).role() == role)
                .toList();
    }

    Predicate<BundledPicture> inCategory(String category) {
        return picture -> category.equals(categoryOfName.get(picture.name()));
    }

    /** {@code candidates} without those whose family of styles or drawing is among {@code tested}. */
    List<BundledPicture> apartFrom(List<BundledPicture> tested, List<BundledPicture> candidates) {
        var families = tested.stream()
                .map(picture -> rules.style(picture.style()).family())
                .collect(Collectors.toSet());
        return withoutCopies(
                tested,
                candidates.stream()
                        .filter(picture ->
                                !families.contains(rules.style(picture.style()).family()))
                        .toList());
    }

    /** {@code candidates} without those that show the drawing of a picture of the same name among {@code tested}. */
    List<BundledPicture> withoutCopies(List<BundledPicture> tested, List<BundledPicture> candidates) {
        var byName = tested.stream().collect(Collectors.groupingBy(BundledPicture::name));
        return candidates.stream()
                .filter(picture -> byName.getOrDefault(picture.name(), List.of()).stream()
                        .noneMatch(other -> drawn.difference(picture, other) < rules.copyDifference()))
                .toList();
    }

    /** Interface icons of the sets with this role. */
    List<BundledPicture> glyphs(Role role) {
        var sets = rules.glyphs().sets().stream()
                .filter(set -> set.role() == role)
                .map(BundledRules.GlyphSet::name)
                .collect(Collectors.toSet());
        return drawn.pictures().stream()
                .filter(picture -> sets.contains(picture.style()))
                .toList();
    }

    /** Names of things that pre-training knows and enough interface sets draw, sorted. */
    List<String> glyphNames() {
        var options = rules.glyphs();
        var train = count(withoutCopies(glyphs(Role.TEST), glyphs(Role.TRAIN)));
        var test = count(glyphs(Role.TEST));
        return trainedNames().stream()
                .filter(name -> train.getOrDefault(name, 0L) >= options.leastTrainPictures())
                .filter(name -> test.getOrDefault(name, 0L) >= options.leastTestPictures())
                .toList();
    }

    /** Pictures of a domain's style. */
    List<BundledPicture> domainTarget(String name) {
        return style(Objects.requireNonNull(rules.domains().targets().get(name)));
    }

    List<BundledPicture> domainTest() {
        return style(rules.domains().test());
    }

    /** Without drawings that a test picture of any domain shows, too. */
    List<BundledPicture> domainTraining() {
        var tested = new ArrayList<>(domainTest());
        rules.domains().targets().values().forEach(style -> tested.addAll(style(style)));
        return withoutCopies(
                tested,
                rules.domains().train().stream()
                        .flatMap(style -> style(style).stream())
                        .toList());
    }

    /** Some of the things that every domain shows and enough training styles draw, sorted. */
    List<String> domainNames(int most) {
        var train = count(domainTraining());
        var styles = new ArrayList<>(rules.domains().targets().values());
        styles.add(rules.domains().test());
        var names = train.entrySet().stream()
                .filter(entry -> entry.getValue() >= LEAST_DOMAIN_PICTURES)
                .map(Map.Entry::getKey)
                .filter(name -> Objects.requireNonNull(stylesOfName.get(name)).containsAll(styles))
                .sorted()
                .toList();
        return sample(names, most, 1, DOMAIN_NAMES);
    }

    private static Map<String, Long> count(List<BundledPicture> pictures) {
        return pictures.stream().collect(Collectors.groupingBy(BundledPicture::name, Collectors.counting()));
    }

    /** Every name in use, for the vocabulary. */
    Set<String> allNames() {
        return drawn.pictures().stream().map(BundledPicture::name).collect(Collectors.toCollection(TreeSet::new));
    }
}
