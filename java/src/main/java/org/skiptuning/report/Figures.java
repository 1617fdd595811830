package org.skiptuning.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** Numbers as people read them. */
public final class Figures {
    private static final double GIBIBYTE = 1024.0 * 1024 * 1024;
    private static final double KIBIBYTE = 1024;
    private static final double MEBIBYTE = 1024.0 * 1024;
    private static final double NOTHING = 0.05;

    private Figures() {}

    /** One decimal. */
    public static String percent(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    /** One decimal and always a sign, a true minus among them. */
    public static String signed(double value) {
        return Math.abs(value) < NOTHING
                ? "±0.0"
                : String.format(Locale.ROOT, "%s%.1f", value < 0 ? "−" : "+", Math.abs(value));
    }

    /** No decimals and always a sign. */
    public static String signedWhole(double value) {
        long whole = Math.round(value);
        return whole == 0 ? "±0" : (whole < 0 ? "−" : "+") + Math.abs(whole);
    }

    public static String seconds(double value) {
        if (value < 10) {
            return String.format(Locale.ROOT, "%.1f s", value);
        }
        long whole = Math.round(value);
        return whole < 120 ? whole + " s" : String.format(Locale.ROOT, "%d min %02d s", whole / 60, whole % 60);
    }

    public static String bytes(long value) {
        if (value >= GIBIBYTE) {
            return String.format(Locale.ROOT, "%.2f GiB", value / GIBIBYTE);
        }
        return value >= MEBIBYTE || value == 0
                ? String.format(Locale.ROOT, "%.0f MiB", value / MEBIBYTE)
                : String.format(Locale.ROOT, "%.0f KiB", Math.ceil(value / KIBIBYTE));
    }

    /** Four digits at most, without zeros at the end or an exponent. */
    public static String number(double value) {
        return new BigDecimal(value, new MathContext(4)).stripTrailingZeros().toPlainString();
    }

    /** Millions with one decimal. */
    public static String millions(long value) {
        return String.format(Locale.ROOT, "%.1f M", value / 1e6);
    }

    /** A length for CSS, in percent of the whole. */
    public static String share(double value, double whole) {
        return String.format(Locale.ROOT, "%.2f%%", whole <= 0 ? 0 : 100 * Math.clamp(value / whole, 0, 1));
    }

    /** The next round number at or above a value, for the end of an axis. */
    public static double roundAbove(double value) {
        if (value <= 0) {
            return 1;
        }
        double power = Math.pow(10, Math.floor(Math.log10(value)));
        for (double step : new double[] {1, 2, 3, 4, 5, 6, 8, 10}) {
            if (value <= step * power * (1 + 1e-9)) {
                return step * power;
            }
        }
        return 10 * power;
    }
}
