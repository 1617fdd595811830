package org.skiptuning.data.bundled;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.skiptuning.data.bundled.IconSet.Icon;

/** The name rules on a small hand-made archive, with the rules of the product. */
class NameCleanerTest {
    private static final Map<String, List<String>> SETS = Map.of(
            "noto",
                    List.of(
                            "grinning-face",
                            "red-apple",
                            "sun",
                            "money-bag",
                            "hot-dog",
                            "bear",
                            "play-button",
                            "a-button"),
            "twemoji", List.of("grinning-face", "maple-leaf"),
            "fluent-emoji-flat", List.of("red-apple"),
            "noto-v1", List.of("sun"),
            "openmoji", List.of("github"),
            "emojione", List.of("bear-face"),
            "emojione-monotone", List.of(),
            "emojione-v1", List.of("sunflower-seed"));

    private static final Map<String, Map<String, String>> ALIASES =
            Map.of("emojione", Map.of("bear", "bear-face", "old", "older", "apple-red", "red-apple"));

    private final NameCleaner cleaner = new NameCleaner(BundledRules.load().names(), sets());

    private static Map<String, IconSet> sets() {
        Map<String, IconSet> sets = new HashMap<>();
        SETS.forEach((name, icons) -> sets.put(
                name,
                new IconSet(
                        new StyleInfo(name, name, "MIT", "someone"),
                        icons.stream().map(icon -> icon(icon, "Objects")).toList(),
                        ALIASES.getOrDefault(name, Map.of()))));
        return sets;
    }

    private static Icon icon(String name, String category) {
        return new Icon(name, "", category, 0, 0, 16, 16);
    }

    @ParameterizedTest(name = "{0}: {1} -> {2}")
    @CsvSource({
        "twemoji,           grinning-face,          grinning-face",
        "fxemoji,           redapple,               red-apple",
        "emojione,          bear-face,              bear",
        "emojione,          apple-red,              red-apple",
        "emojione,          grinning,               grinning-face",
        "emojione-v1,       black-sun,              sun",
        "emojione-v1,       heavy-maple-leaf,       maple-leaf",
        "emojione-v1,       white-hot-dog,          hot-dog",
        "emojione-v1,       sun-face,               sun",
        "emojione-v1,       money-bag-sign,         money-bag",
        "emojione-v1,       something-new,          something-new",
        "streamline-emojis, hot-dog-1,              hot-dog",
        "streamline-emojis, hot-dog-2,              hot-dog",
        "streamline-emojis, game-dice-3,            game-dice",
        "fxemoji,           mapleapple,             maple-apple",
        "fxemoji,           sunflowerseed,          sunflower-seed",
    })
    void givesAThingOneNameInEveryStyle(String style, String raw, String clean) {
        assertThat(cleaner.clean(style, icon(raw, "Objects"))).contains(clean);
    }

    static Stream<Map.Entry<String, Icon>> dropped() {
        return Stream.of(
                Map.entry("noto", icon("waving-hand-dark-skin-tone", "People & Body")),
                Map.entry("emojione-v1", icon("boy-tone1", "People")),
                Map.entry("emojione-v1", icon("boy-tone-5", "People")),
                Map.entry("emojione", icon("modifier-light", "Objects")),
                Map.entry("noto", icon("flag-norway", "Travel & Places")),
                Map.entry("noto", icon("pirate-flag", "Travel & Places")),
                Map.entry("emojione", icon("flag-for-norway", "Travel")),
                Map.entry("streamline-emojis", icon("norway", "Flags")),
                Map.entry("noto", icon("regional-indicator-a", "Symbols")),
                Map.entry("noto", icon("keycap-1", "Symbols")),
                Map.entry("emojione", icon("digit-one", "Symbols")),
                Map.entry("emojione", icon("hash-sign", "Symbols")),
                Map.entry("openmoji", icon("cjkunifiedideograph", "Symbols")),
                Map.entry("noto", icon("0", "Symbols")),
                Map.entry("fluent-emoji", icon("judge-medium-dark", "")),
                Map.entry("fluent-emoji-flat", icon("judge-light", "")),
                Map.entry("fxemoji", icon("xylophonist", "Objects")));
    }

    @ParameterizedTest
    @MethodSource("dropped")
    void dropsPartsVariantsAndFlags(Map.Entry<String, Icon> picture) {
        assertThat(cleaner.clean(picture.getKey(), picture.getValue())).isEmpty();
    }

    @Test
    void dropsSkinTonesOfTheFluentSetsOnlyThere() {
        assertThat(cleaner.clean("noto", icon("moon-dark", "Objects"))).contains("moon-dark");
    }

    @Test
    void cutsIntoTheFewestWords() {
        assertThat(cleaner.cut("redsunflowerseed")).contains("red-sunflower-seed");
        assertThat(cleaner.cut("redqq")).isEmpty();
        assertThat(cleaner.cut("")).isEmpty();
    }

    @Test
    void foldsAnAliasOnlyWhereOneSideIsKnown() {
        assertThat(cleaner.known("old")).isEqualTo(Optional.empty());
        assertThat(cleaner.known("Red_Apple")).contains("red-apple");
    }
}
