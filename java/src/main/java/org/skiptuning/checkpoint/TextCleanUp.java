package org.skiptuning.checkpoint;

import java.text.Normalizer;
import java.util.function.IntPredicate;

/** What happens to a text before it is cut into words. */
enum TextCleanUp {
    /** As open_clip cleans by default, without ftfy: entities twice, single spaces, lower case. */
    OPEN_CLIP {
        @Override
        String apply(String text) {
            var unescaped = HtmlEntities.unescape(HtmlEntities.unescape(wellFormed(text)));
            return lowerCase(singleSpaces(unescaped, TextCleanUp::isPythonsSpace), true);
        }
    },
    /**
     * As a CLIP {@code tokenizer.json} declares it: Unicode's composed form (NFC), single spaces, lower case letter by
     * letter.
     */
    HUGGING_FACE {
        @Override
        String apply(String text) {
            var composed = Normalizer.normalize(wellFormed(text), Normalizer.Form.NFC);
            return lowerCase(singleSpaces(composed, TextCleanUp::isUnicodesSpace), false);
        }
    };

    private static final int CAPITAL_SIGMA = 0x3A3;
    private static final int CAPITAL_I_WITH_DOT = 0x130;
    /** Characters with Unicode's word break property MidLetter, MidNumLet or Single_Quote. */
    private static final String WITHIN_WORDS =
            "'.:\u00B7\u0387\u055F\u05F4\u2018\u2019\u2024\u2027\uFE13\uFE52\uFE55\uFF07\uFF0E\uFF1A";

    abstract String apply(String text);

    /** Surrogates without their other half become U+FFFD, since UTF-8 has no form for them. */
    private static String wellFormed(String text) {
        for (int index = 0; index < text.length(); index += Character.charCount(text.codePointAt(index))) {
            if (isLoneSurrogate(text.codePointAt(index))) {
                var output = new StringBuilder(text.length());
                text.codePoints().forEach(point -> output.appendCodePoint(isLoneSurrogate(point) ? 0xFFFD : point));
                return output.toString();
            }
        }
        return text;
    }

    private static boolean isLoneSurrogate(int codePoint) {
        return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
    }

    /** {@code " ".join(text.split())} of Python: runs of space become one, none is left at the ends. */
    private static String singleSpaces(String text, IntPredicate isSpace) {
        var output = new StringBuilder(text.length());
        boolean pending = false;
        for (int index = 0; index < text.length(); index++) {
            char character = text.charAt(index);
            if (isSpace.test(character)) {
                pending = !output.isEmpty();
            } else {
                if (pending) {
                    output.append(' ');
                    pending = false;
                }
                output.append(character);
            }
        }
        return output.toString();
    }

    /** {@code str.isspace} of Python. */
    private static boolean isPythonsSpace(int character) {
        return isUnicodesSpace(character) || character >= 0x1C && character <= 0x1F;
    }

    /** Unicode's White_Space. */
    private static boolean isUnicodesSpace(int character) {
        return character >= '\t' && character <= '\r' || character == '\u0085' || Character.isSpaceChar(character);
    }

    /**
     * Simple mappings and those of Unicode's special cases that depend on no language; with {@code finalSigma}, {@code
     * str.lower} of Python.
     */
    private static String lowerCase(String text, boolean finalSigma) {
        var output = new StringBuilder(text.length());
        int index = 0;
        while (index < text.length()) {
            int point = text.codePointAt(index);
            int end = index + Character.charCount(point);
            switch (point) {
                case CAPITAL_I_WITH_DOT -> output.append("i\u0307");
                case CAPITAL_SIGMA -> output.append(finalSigma && endsWord(text, index, end) ? 'ς' : 'σ');
                default -> output.appendCodePoint(Character.toLowerCase(point));
            }
            index = end;
        }
        return output.toString();
    }

    /** Unicode's condition Final_Sigma. */
    private static boolean endsWord(String text, int start, int end) {
        int before = start;
        while (before > 0 && isCaseIgnorable(text.codePointBefore(before))) {
            before -= Character.charCount(text.codePointBefore(before));
        }
        if (before == 0 || !isCased(text.codePointBefore(before))) {
            return false;
        }
        int after = end;
        while (after < text.length() && isCaseIgnorable(text.codePointAt(after))) {
            after += Character.charCount(text.codePointAt(after));
        }
        return after == text.length() || !isCased(text.codePointAt(after));
    }

    private static boolean isCased(int point) {
        return Character.isUpperCase(point) || Character.isLowerCase(point) || Character.isTitleCase(point);
    }

    private static boolean isCaseIgnorable(int point) {
        return switch (Character.getType(point)) {
            case Character.NON_SPACING_MARK,
                    Character.ENCLOSING_MARK,
                    Character.FORMAT,
                    Character.MODIFIER_LETTER,
                    Character.MODIFIER_SYMBOL -> true;
            default -> WITHIN_WORDS.indexOf(point) >= 0;
        };
    }
}
