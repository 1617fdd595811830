package org.skiptuning.data.bundled;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/**
 * Everything that decides which pictures there are, what they are called and what they are used for; read from the
 * resource {@code bundled.json}.
 *
 * @param pictureSize pixels a side of a drawn picture
 * @param folder where in the archive the icon sets lie
 * @param copyDifference a picture of a trained style that differs from a test style's picture of the same name by less,
 *     in grey levels, counts as the same drawing and is not trained on
 */
record BundledRules(
        int version,
        int pictureSize,
        String folder,
        List<Style> styles,
        Names names,
        double copyDifference,
        HeldOut heldOut,
        Glyphs glyphs,
        Domains domains) {

    /** An emoji style; styles of one family share drawings. */
    record Style(String name, Role role, String family) {}

    /** How names are cleaned; see {@link NameCleaner}. */
    record Names(
            List<String> dropCategories,
            List<String> drop,
            Map<String, List<String>> dropInStyle,
            List<String> references,
            List<String> aliasesFrom,
            List<String> removePrefixes,
            List<String> removeSuffixes,
            List<String> addSuffixes,
            List<String> numberedStyles,
            List<String> unseparatedStyles,
            List<String> shortWords) {}

    /** Which things no trained style may show: a share of those in the categories that enough styles draw. */
    record HeldOut(long seed, double share, int leastStyles, List<String> categories) {}

    /** The interface icon sets, and how often a thing must be drawn to become a class of the glyphs task. */
    record Glyphs(List<GlyphSet> sets, int leastTrainPictures, int leastTestPictures) {}

    /**
     * Styles as domains: things are learnt in some and known again in others.
     *
     * @param train styles of the source's training pictures
     * @param test the style of its test pictures
     * @param targets the other domains' styles by name
     */
    record Domains(List<String> train, String test, Map<String, String> targets) {}

    /** An interface icon set; only names that end in {@code suffix} are used, and go without it. */
    record GlyphSet(String name, Role role, Optional<String> suffix) {}

    private static final String RESOURCE = "bundled.json";

    static BundledRules load() {
        return JsonMapper.shared().readValue(resourceBytes(), BundledRules.class);
    }

    /** The resource itself: part of the key of what is cached. */
    static byte[] resourceBytes() {
        try (var stream = BundledRules.class.getResourceAsStream(RESOURCE)) {
            if (stream == null) {
                throw new IllegalStateException("The resource " + RESOURCE + " is missing from the jar.");
            }
            return stream.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Style style(String name) {
        return styles.stream()
                .filter(style -> style.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
