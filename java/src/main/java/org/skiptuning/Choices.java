package org.skiptuning;

import java.util.Arrays;
import java.util.stream.Collectors;

/** Enum constants by the text users write for them. */
final class Choices {
    private Choices() {}

    static <E extends Enum<E>> E parse(String what, String text, E[] values) {
        for (var value : values) {
            if (value.toString().equalsIgnoreCase(text.strip())) {
                return value;
            }
        }
        throw new IllegalArgumentException("Unknown " + what + " '" + text + "': use "
                + Arrays.stream(values).map(Enum::toString).collect(Collectors.joining(", ")));
    }
}
