package org.skiptuning.checkpoint;

import java.util.function.Consumer;

/**
 * Cuts cleaned text into words as CLIP's pattern does, in one pass and without a regular expression's recursion:
 * {@code START|END|'s|'t|'re|'ve|'m|'ll|'d|\p{L}+|\p{N}|[^\s\p{L}\p{N}]+}, the first alternative that fits.
 */
final class WordScanner {
    private static final String[] CONTRACTIONS = {"'s", "'t", "'re", "'ve", "'m", "'ll", "'d"};
    /** The one character besides s that matches an s when case is ignored. */
    private static final char LONG_S = 'ſ';

    private enum Kind {
        LETTER,
        NUMBER,
        SPACE,
        OTHER
    }

    private final String[] literals;

    /** @param specialTokens texts that are words of their own wherever a word may begin */
    WordScanner(String... specialTokens) {
        literals = new String[specialTokens.length + CONTRACTIONS.length];
        System.arraycopy(specialTokens, 0, literals, 0, specialTokens.length);
        System.arraycopy(CONTRACTIONS, 0, literals, specialTokens.length, CONTRACTIONS.length);
    }

    /** Hands each word of {@code text}, which is in lower case, to {@code words} in order. */
    void scan(String text, Consumer<String> words) {
        int place = 0;
        while (place < text.length()) {
            if (kind(text.codePointAt(place)) == Kind.SPACE) {
                place++;
                continue;
            }
            int end = endOfWord(text, place);
            words.accept(text.substring(place, end));
            place = end;
        }
    }

    private int endOfWord(String text, int start) {
        for (var literal : literals) {
            if (matches(text, start, literal)) {
                return start + literal.length();
            }
        }
        var kind = kind(text.codePointAt(start));
        int end = start + Character.charCount(text.codePointAt(start));
        while (kind != Kind.NUMBER && end < text.length() && kind(text.codePointAt(end)) == kind) {
            end += Character.charCount(text.codePointAt(end));
        }
        return end;
    }

    private static boolean matches(String text, int start, String literal) {
        if (start + literal.length() > text.length()) {
            return false;
        }
        for (int index = 0; index < literal.length(); index++) {
            char actual = text.charAt(start + index);
            char expected = literal.charAt(index);
            if (actual != expected && !(expected == 's' && actual == LONG_S)) {
                return false;
            }
        }
        return true;
    }

    private static Kind kind(int point) {
        return switch (Character.getType(point)) {
            case Character.UPPERCASE_LETTER,
                    Character.LOWERCASE_LETTER,
                    Character.TITLECASE_LETTER,
                    Character.MODIFIER_LETTER,
                    Character.OTHER_LETTER -> Kind.LETTER;
            case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER -> Kind.NUMBER;
            case Character.SPACE_SEPARATOR, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> Kind.SPACE;
            default -> point >= '\t' && point <= '\r' ? Kind.SPACE : Kind.OTHER;
        };
    }
}
