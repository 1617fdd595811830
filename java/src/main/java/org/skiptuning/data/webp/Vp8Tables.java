package org.skiptuning.data.webp;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The number tables of RFC 6386. */
final class Vp8Tables {
    private static final Map<String, int[]> TABLES = read();

    /** Starting probabilities of coefficient tokens: [4 kinds of block, 8 bands, 3 contexts, 11]. */
    static final int[] COEFFICIENTS = table("coefficients", 4 * 8 * 3 * 11);

    /** The probability that one of {@link #COEFFICIENTS} is replaced. */
    static final int[] COEFFICIENT_UPDATES = table("coefficient-updates", 4 * 8 * 3 * 11);

    /** Probabilities of sub-block modes: [mode above, mode to the left, 9]. */
    static final int[] SUB_BLOCK_MODES = table("sub-block-modes", 10 * 10 * 9);

    static final int[] DC_QUANTIZERS = table("dc-quantizers", 128);
    static final int[] AC_QUANTIZERS = table("ac-quantizers", 128);

    private Vp8Tables() {}

    private static int[] table(String name, int length) {
        var table = TABLES.getOrDefault(name, new int[0]);
        if (table.length != length) {
            throw new IllegalStateException("The table " + name + " has " + table.length + " numbers, not " + length);
        }
        return table;
    }

    private static Map<String, int[]> read() {
        var numbers = new HashMap<String, List<Integer>>();
        var name = "";
        for (var line : text().lines().toList()) {
            if (Character.isLowerCase(line.charAt(0))) {
                name = line;
            } else if (line.charAt(0) != '#') {
                var table = numbers.computeIfAbsent(name, key -> new ArrayList<>());
                for (var number : line.split(" ")) {
                    table.add(Integer.valueOf(number));
                }
            }
        }
        var tables = new HashMap<String, int[]>();
        numbers.forEach((key, table) ->
                tables.put(key, table.stream().mapToInt(Integer::intValue).toArray()));
        return tables;
    }

    private static String text() {
        try (var stream = Vp8Tables.class.getResourceAsStream("vp8-tables.txt")) {
            if (stream == null) {
                throw new IllegalStateException("The library was packed without its resource vp8-tables.txt");
            }
            return new String(stream.readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
