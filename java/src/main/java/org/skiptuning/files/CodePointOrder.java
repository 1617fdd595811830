package org.skiptuning.files;

import java.util.Comparator;

/** Orders text by Unicode code point, as Python does; Java's own order is by UTF-16 unit. */
public enum CodePointOrder implements Comparator<String> {
    INSTANCE;

    @Override
    public int compare(String first, String second) {
        var i = 0;
        var length = Math.min(first.length(), second.length());
        while (i < length && first.charAt(i) == second.charAt(i)) {
            i++;
        }
        if (i == length) {
            return Integer.compare(first.length(), second.length());
        }
        if (i > 0 && Character.isHighSurrogate(first.charAt(i - 1))) {
            i--; // the difference is in the second half of a code point
        }
        return Integer.compare(first.codePointAt(i), second.codePointAt(i));
    }
}
