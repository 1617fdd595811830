package org.skiptuning;

/** Checks that numbers are where they make sense. */
final class Ranges {
    private Ranges() {}

    static void check(String name, long value, long low, long high) {
        if (value < low || value > high) {
            throw new IllegalArgumentException(name + " is " + value + ": use " + low + " to " + high);
        }
    }

    static void check(String name, double value, double low, double high) {
        if (!(value >= low && value <= high)) {
            throw new IllegalArgumentException(name + " is " + value + ": use " + low + " to " + high);
        }
    }

    static void checkShare(String name, double value) {
        if (!(value >= 0 && value < 1)) {
            throw new IllegalArgumentException(name + " is " + value + ": use 0 up to, but without, 1");
        }
    }
}
