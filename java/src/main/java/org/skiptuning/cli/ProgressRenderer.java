package org.skiptuning.cli;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.skiptuning.cli.Terminal.Colour;

/** A bar with share, rate, loss and time left; where standard error is no terminal, a plain line now and then. */
final class ProgressRenderer implements Progress {
    private static final long REDRAW_NANOS = Duration.ofMillis(100).toNanos();
    private static final long LINE_NANOS = Duration.ofSeconds(10).toNanos();
    private static final int NAME_COLUMNS = 26;
    private static final int FIGURE_COLUMNS = 42;
    private static final String PARTS = " ▏▎▍▌▋▊▉█";
    private static final double WORTH_NAMING_SECONDS = 1;
    private static final double RATE_SMOOTHING = 0.3;

    private final Terminal terminal;
    private final LongSupplier clock;
    private String phase = "";
    private String unit = "";
    private long began;
    private long shown;
    private boolean spoke;
    private long firstTime;
    private long firstDone;
    private long rateTime;
    private long rateDone;
    private double rate;
    private long done;
    private long total;
    private Optional<Double> loss = Optional.empty();

    ProgressRenderer(Terminal terminal, LongSupplier clock) {
        this.terminal = terminal;
        this.clock = clock;
    }

    @Override
    public void begin(String name, String counted) {
        finish();
        phase = name;
        unit = counted;
        began = clock.getAsLong();
        // Off a terminal the ten seconds go on: many short phases tell of themselves, too.
        if (terminal.interactive() || !spoke) {
            shown = began;
            spoke = true;
        }
        rateTime = began;
        rateDone = -1;
        firstDone = 0;
        rate = 0;
        done = 0;
        total = 0;
        loss = Optional.empty();
        if (terminal.interactive()) {
            terminal.showLine(bar());
        }
    }

    @Override
    public void update(long now, long of, Optional<Double> currentLoss) {
        done = now;
        total = of;
        loss = currentLoss.or(() -> loss);
        long time = clock.getAsLong();
        measure(time);
        if (terminal.interactive()) {
            if (time - shown >= REDRAW_NANOS) {
                shown = time;
                terminal.showLine(bar());
            }
        } else if (time - shown >= LINE_NANOS) {
            shown = time;
            terminal.println(sentence());
        }
    }

    /** The rate over the last seconds, smoothed; what a resumed run had done before does not count. */
    private void measure(long time) {
        if (rateDone < 0) {
            firstDone = done;
            firstTime = time;
            rateDone = done;
            rateTime = time;
            return;
        }
        double seconds = (time - rateTime) / 1e9;
        if (seconds >= 0.5 && done > rateDone) {
            double latest = (done - rateDone) / seconds;
            rate = rate == 0 ? latest : RATE_SMOOTHING * latest + (1 - RATE_SMOOTHING) * rate;
            rateDone = done;
            rateTime = time;
        }
    }

    @Override
    public void pause() {
        terminal.clearLine();
    }

    @Override
    public void close() {
        finish();
        terminal.clearLine();
    }

    private void finish() {
        if (phase.isEmpty() || done == 0) {
            phase = "";
            return;
        }
        double seconds = (clock.getAsLong() - began) / 1e9;
        if (terminal.interactive() && (seconds >= WORTH_NAMING_SECONDS || done < total)) {
            String text = String.format(Locale.ROOT, "%s %s in %s", count(done), unit, seconds(seconds));
            terminal.println(terminal.paint(Colour.GREEN, done >= total ? "✓ " : "· ")
                    + pad(phase)
                    + terminal.paint(Colour.FAINT, text + lossText()));
        } else if (!terminal.interactive() && seconds * 1e9 >= LINE_NANOS) {
            shown = clock.getAsLong();
            terminal.println(String.format(
                    Locale.ROOT, "%s: %s %s in %s%s", phase, count(done), unit, seconds(seconds), lossText()));
        }
        phase = "";
    }

    private String bar() {
        int room = Math.max(8, terminal.columns() - NAME_COLUMNS - FIGURE_COLUMNS - 4);
        double share = total <= 0 ? 0 : Math.clamp((double) done / total, 0, 1);
        int eighths = (int) Math.floor(share * room * 8);
        var cells = new StringBuilder("█".repeat(eighths / 8));
        if (eighths % 8 != 0) {
            cells.append(PARTS.charAt(eighths % 8));
        }
        String filled = cells.toString();
        String empty = "·".repeat(Math.max(0, room - filled.length()));
        return "  " + pad(phase) + terminal.paint(Colour.CYAN, filled) + terminal.paint(Colour.FAINT, empty) + " "
                + fit(
                        String.format(Locale.ROOT, "%3.0f %%%s%s%s", share * 100, rateText(), lossText(), leftText()),
                        FIGURE_COLUMNS);
    }

    private String sentence() {
        String share = total > 0
                ? String.format(
                        Locale.ROOT, "%s of %s %s (%.0f %%)", count(done), count(total), unit, 100.0 * done / total)
                : count(done) + " " + unit;
        return phase + ": " + share + rateText().replaceFirst("^ +", ", ") + lossText() + leftText();
    }

    private String rateText() {
        return rate == 0 ? "" : String.format(Locale.ROOT, rate >= 10 ? "  %.0f %s/s" : "  %.1f %s/s", rate, unit);
    }

    private String lossText() {
        // Rounded first: a cross entropy may be below 0 by an error of its sums.
        return loss.map(value -> String.format(Locale.ROOT, ", loss %.3f", Math.rint(value * 1000) / 1000 + 0.0))
                .orElse("");
    }

    /** By the mean rate since the phase began, which knows pauses such as a cache's refreshing. */
    private String leftText() {
        if (rate == 0 || done >= total || done <= firstDone) {
            return "";
        }
        double secondsEach = (clock.getAsLong() - firstTime) / 1e9 / (done - firstDone);
        return ", " + clockTime((total - done) * secondsEach) + " left";
    }

    private static String count(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    private static String pad(String text) {
        return fit(text, NAME_COLUMNS);
    }

    private static String fit(String text, int columns) {
        return text.length() >= columns
                ? text.substring(0, columns - 1) + " "
                : text + " ".repeat(columns - text.length());
    }

    static String seconds(double seconds) {
        return seconds < 60 ? String.format(Locale.ROOT, "%.1f s", seconds) : clockTime(seconds);
    }

    static String clockTime(double seconds) {
        long whole = Math.round(seconds);
        return whole >= 3600
                ? String.format(Locale.ROOT, "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60)
                : String.format(Locale.ROOT, "%d:%02d", whole / 60, whole % 60);
    }
}
