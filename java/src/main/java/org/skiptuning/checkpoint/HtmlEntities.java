package org.skiptuning.checkpoint;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/** Character references of HTML5 replaced as CPython's {@code html.unescape} does, also those without a semicolon. */
final class HtmlEntities {
    private static final String TABLE = "html5_entities.txt";
    /** The most code points that {@code html.unescape} takes into a name. */
    private static final int LONGEST_NAME = 32;

    private static final int REPLACEMENT = 0xFFFD;
    /** Windows-1252 for 0x80-0x9F; what it leaves out stays. */
    private static final String WINDOWS_1252 =
            "\u20AC\u0081\u201A\u0192\u201E\u2026\u2020\u2021\u02C6\u2030\u0160\u2039"
                    + "\u0152\u008D\u017D\u008F\u0090\u2018\u2019\u201C\u201D\u2022\u2013\u2014\u02DC\u2122\u0161\u203A\u0153\u009D"
                    + "\u017E\u0178";

    private HtmlEntities() {}

    private static final class Names {
        static final Map<String, String> TEXTS = read();
    }

    static String unescape(String text) {
        int ampersand = text.indexOf('&');
        if (ampersand < 0) {
            return text;
        }
        var output = new StringBuilder(text.length());
        int done = 0;
        while (ampersand >= 0) {
            output.append(text, done, ampersand);
            done = ampersand + 1 < text.length() && text.charAt(ampersand + 1) == '#'
                    ? number(text, ampersand, output)
                    : name(text, ampersand, output);
            ampersand = text.indexOf('&', done);
        }
        return output.append(text, done, text.length()).toString();
    }

    /** Appends what the reference at {@code start} stands for; returns the place after it. */
    private static int number(String text, int start, StringBuilder output) {
        boolean hexadecimal = start + 2 < text.length() && (text.charAt(start + 2) | 0x20) == 'x';
        int digits = hexadecimal ? start + 3 : start + 2;
        int radix = hexadecimal ? 16 : 10;
        int end = digits;
        int value = 0;
        while (end < text.length() && isDigit(text.charAt(end), radix)) {
            value = Math.min(value * radix + Character.digit(text.charAt(end), radix), Character.MAX_CODE_POINT + 1);
            end++;
        }
        if (end == digits) {
            output.append('&');
            return start + 1;
        }
        appendCodePoint(value, output);
        return end < text.length() && text.charAt(end) == ';' ? end + 1 : end;
    }

    private static boolean isDigit(char character, int radix) {
        return character < 0x80 && Character.digit(character, radix) >= 0;
    }

    private static void appendCodePoint(int value, StringBuilder output) {
        if (value == 0 || value > Character.MAX_CODE_POINT || value >= 0xD800 && value <= 0xDFFF) {
            output.appendCodePoint(REPLACEMENT);
        } else if (value >= 0x80 && value <= 0x9F) {
            output.append(WINDOWS_1252.charAt(value - 0x80));
        } else if (!isInvalid(value)) {
            output.appendCodePoint(value);
        }
    }

    /** The control characters and non-characters that {@code html.unescape} drops; 0x0D stays. */
    private static boolean isInvalid(int value) {
        return value <= 0x08
                || value == 0x0B
                || value >= 0x0E && value <= 0x1F
                || value >= 0x7F && value <= 0x9F
                || value >= 0xFDD0 && value <= 0xFDEF
                || (value & 0xFFFE) == 0xFFFE;
    }

    private static int name(String text, int start, StringBuilder output) {
        int end = start + 1;
        int length = 0;
        while (end < text.length() && length < LONGEST_NAME && isNameCharacter(text.charAt(end))) {
            end += Character.charCount(text.codePointAt(end));
            length++;
        }
        if (end < text.length() && end > start + 1 && text.charAt(end) == ';') {
            end++;
        }
        var whole = Names.TEXTS.get(text.substring(start + 1, end));
        if (whole != null) {
            output.append(whole);
            return end;
        }
        for (int cut = end - 1; cut > start + 2; cut--) {
            var known = Names.TEXTS.get(text.substring(start + 1, cut));
            if (known != null) {
                output.append(known);
                output.append(text, cut, end);
                return end;
            }
        }
        output.append(text, start, end);
        return end;
    }

    private static boolean isNameCharacter(char character) {
        return switch (character) {
            case '\t', '\n', '\f', ' ', '<', '&', '#', ';' -> false;
            default -> true;
        };
    }

    private static Map<String, String> read() {
        try (var resource = Objects.requireNonNull(HtmlEntities.class.getResourceAsStream(TABLE), TABLE);
                var reader = new BufferedReader(new InputStreamReader(resource, StandardCharsets.UTF_8))) {
            Map<String, String> texts = new HashMap<>();
            reader.lines().filter(line -> !line.startsWith("#")).forEach(line -> {
                var fields = line.split(" ");
                var text = new StringBuilder();
                for (int index = 1; index < fields.length; index++) {
                    text.appendCodePoint(Integer.parseInt(fields[index], 16));
                }
                texts.put(fields[0], text.toString());
            });
            return Map.copyOf(texts);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
