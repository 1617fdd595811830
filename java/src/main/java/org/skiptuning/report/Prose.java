package org.skiptuning.report;

import java.util.List;

/** Lists and numbers as sentences have them. */
public final class Prose {
    private Prose() {}

    /** As in "a, b and c". */
    public static String list(List<?> items) {
        var texts = items.stream()
                .map(item -> item instanceof Double number ? number(number) : String.valueOf(item))
                .toList();
        return texts.size() < 2
                ? String.join("", texts)
                : String.join(", ", texts.subList(0, texts.size() - 1)) + " and " + texts.getLast();
    }

    /** Without a point where it is whole. */
    public static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : Double.toString(value);
    }

    /** In one line, without what a terminal would take as a command. */
    public static String plain(String text) {
        return text.replaceAll("\\p{Cntrl}+", " ").strip();
    }
}
