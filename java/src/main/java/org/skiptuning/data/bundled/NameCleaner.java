package org.skiptuning.data.bundled;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.skiptuning.data.bundled.IconSet.Icon;

/**
 * Gives the same thing the same name in every style.
 *
 * <p>Names are compared by key: lower case without separators. The reference is what the reference styles call their
 * pictures; an alias of an older set is folded in where only one of its two sides is in the reference. A name that is in
 * neither is tried without and with certain prefixes and suffixes; a name without separators is cut into words of the
 * other names, or dropped where it cannot be; any other name stands for itself.
 */
final class NameCleaner {
    private static final int LEAST_WORD_LENGTH = 3;

    private final BundledRules.Names rules;
    private final List<Pattern> drop;
    private final Map<String, List<Pattern>> dropInStyle = new HashMap<>();
    private final Map<String, String> reference = new LinkedHashMap<>();
    private final Map<String, String> folded = new HashMap<>();
    private final Set<String> words = new HashSet<>();

    /** Builds the reference from {@code sets}, which must hold the reference styles and those whose aliases are used. */
    NameCleaner(BundledRules.Names rules, Map<String, IconSet> sets) {
        this.rules = rules;
        this.drop = patterns(rules.drop());
        rules.dropInStyle().forEach((style, list) -> dropInStyle.put(style, patterns(list)));
        for (var style : rules.references()) {
            for (var icon : Objects.requireNonNull(sets.get(style)).icons()) {
                if (isKept(style, icon)) {
                    reference.putIfAbsent(key(icon.name()), icon.name().toLowerCase(Locale.ROOT));
                }
            }
        }
        for (var style : rules.aliasesFrom()) {
            Objects.requireNonNull(sets.get(style)).aliases().forEach(this::fold);
        }
        sets.forEach((style, set) -> {
            if (!rules.unseparatedStyles().contains(style)) {
                set.icons().stream().filter(icon -> isKept(style, icon)).forEach(icon -> addWords(icon.name()));
                set.aliases().keySet().forEach(this::addWords);
            }
        });
        words.addAll(rules.shortWords());
    }

    private static List<Pattern> patterns(List<String> list) {
        return list.stream().map(Pattern::compile).toList();
    }

    private void addWords(String name) {
        Stream.of(name.split("-"))
                .filter(word -> word.length() >= LEAST_WORD_LENGTH)
                .forEach(words::add);
    }

    private void fold(String alias, String parent) {
        var aliasKey = key(alias);
        var parentKey = key(parent);
        if (reference.containsKey(aliasKey) && !reference.containsKey(parentKey)) {
            folded.putIfAbsent(parentKey, aliasKey);
        } else if (reference.containsKey(parentKey) && !reference.containsKey(aliasKey)) {
            folded.putIfAbsent(aliasKey, parentKey);
        }
    }

    static String key(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
    }

    /** Whether the picture is used at all: no flags, skin tones, digits or parts of other pictures. */
    boolean isKept(String style, Icon icon) {
        var name = icon.name().toLowerCase(Locale.ROOT);
        return !rules.dropCategories().contains(icon.category())
                && drop.stream().noneMatch(pattern -> pattern.matcher(name).find())
                && dropInStyle.getOrDefault(style, List.of()).stream()
                        .noneMatch(pattern -> pattern.matcher(name).find());
    }

    /** The clean name, words joined by hyphens, of a picture of a style; empty where it is dropped. */
    Optional<String> clean(String style, Icon icon) {
        return isKept(style, icon) ? clean(style, icon.name()) : Optional.empty();
    }

    private Optional<String> clean(String style, String rawName) {
        var name = rawName.toLowerCase(Locale.ROOT);
        if (rules.numberedStyles().contains(style)) {
            name = name.replaceFirst("-[0-9]$", "");
        }
        var known = known(name);
        if (known.isPresent()) {
            return known;
        }
        for (var variant : variants(name)) {
            known = known(variant);
            if (known.isPresent()) {
                return known;
            }
        }
        return rules.unseparatedStyles().contains(style) ? cut(key(name)) : Optional.of(name);
    }

    /** The reference's spelling of the name, directly or through an alias. */
    Optional<String> known(String name) {
        var key = key(name);
        return Optional.ofNullable(reference.get(folded.getOrDefault(key, key)));
    }

    private List<String> variants(String name) {
        List<String> variants = new ArrayList<>();
        for (var prefix : rules.removePrefixes()) {
            var bare = key(prefix);
            if (key(name).startsWith(bare)) {
                variants.add(key(name).substring(bare.length()));
            }
        }
        for (var suffix : rules.removeSuffixes()) {
            var bare = key(suffix);
            if (key(name).endsWith(bare)) {
                variants.add(key(name).substring(0, key(name).length() - bare.length()));
            }
        }
        rules.addSuffixes().forEach(suffix -> variants.add(name + suffix));
        return variants;
    }

    /** Cuts text without separators into the fewest known words; on a tie the longer first word wins. */
    Optional<String> cut(String text) {
        var best = new String[text.length() + 1];
        var count = new int[text.length() + 1];
        best[text.length()] = "";
        for (var start = text.length() - 1; start >= 0; start--) {
            for (var end = text.length(); end > start; end--) {
                var word = text.substring(start, end);
                if (best[end] != null
                        && words.contains(word)
                        && (best[start] == null || count[end] + 1 < count[start])) {
                    best[start] = best[end].isEmpty() ? word : word + "-" + best[end];
                    count[start] = count[end] + 1;
                }
            }
        }
        return Optional.ofNullable(best[0]).filter(name -> !name.isEmpty());
    }
}
