package org.skiptuning.data.bundled;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.skiptuning.data.bundled.IconSet.Icon;

/** Which icons of the archive are used, under which clean names, in the order of the rules. */
final class PictureList {
    private final BundledRules rules;
    private final PictureArchive archive;

    /** One icon that is used. */
    record Entry(String style, Icon icon, String name) {
        BundledPicture picture(int row) {
            return new BundledPicture(row, style, icon.name(), name, icon.category());
        }
    }

    PictureList(BundledRules rules, PictureArchive archive) {
        this.rules = rules;
        this.archive = archive;
    }

    List<Entry> all() {
        Map<String, IconSet> sets = new HashMap<>();
        rules.styles().forEach(style -> sets.put(style.name(), archive.set(style.name())));
        var cleaner = new NameCleaner(rules.names(), sets);
        List<Entry> entries = new ArrayList<>();
        for (var style : rules.styles()) {
            for (var icon : Objects.requireNonNull(sets.get(style.name())).icons()) {
                cleaner.clean(style.name(), icon).ifPresent(name -> entries.add(new Entry(style.name(), icon, name)));
            }
        }
        for (var set : rules.glyphs().sets()) {
            addGlyphs(cleaner, set, entries);
        }
        return entries;
    }

    /** Icons whose name, without the set's suffix, is an emoji's: one a name, the first of the file. */
    private void addGlyphs(NameCleaner cleaner, BundledRules.GlyphSet set, List<Entry> entries) {
        var suffix = set.suffix().orElse("");
        var seen = new HashSet<String>();
        for (var icon : archive.set(set.name()).icons()) {
            if (icon.name().endsWith(suffix)) {
                cleaner.known(icon.name().substring(0, icon.name().length() - suffix.length()))
                        .filter(seen::add)
                        .ifPresent(name -> entries.add(new Entry(set.name(), icon, name)));
            }
        }
    }
}
