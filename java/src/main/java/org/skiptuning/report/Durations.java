package org.skiptuning.report;

/** Times for people. */
public final class Durations {
    private static final int MINUTE = 60;
    private static final int HOUR = 60 * MINUTE;
    private static final int DAY = 24 * HOUR;

    private Durations() {}

    /** Such as {@code 12 s}, {@code 3 min}, {@code 2 h 10 min}, {@code 3 days 4 h}: two units at most. */
    public static String rough(double seconds) {
        if (seconds < MINUTE) {
            return Math.max(1, Math.round(seconds)) + " s";
        }
        if (seconds < HOUR) {
            return Math.round(seconds / MINUTE) + " min";
        }
        return seconds < DAY ? both(seconds, HOUR, " h", MINUTE, " min") : both(seconds, DAY, " days", HOUR, " h");
    }

    private static String both(double seconds, int large, String largeName, int small, String smallName) {
        var count = Math.round(seconds / small);
        var perLarge = large / small;
        var rest = count % perLarge;
        var name = count / perLarge == 1 ? largeName.replace("days", "day") : largeName;
        return count / perLarge + name + (rest == 0 ? "" : " " + rest + smallName);
    }
}
