package org.skiptuning.report;

/** The report's first sentence: what was measured, whichever way it went. */
public final class Headline {
    private static final double CHANCE = 0.05;

    private Headline() {}

    public static String of(DemoReport report) {
        MethodRow before = report.zeroShot();
        MethodRow after = report.skipTuning();
        double change = after.harmonic() - before.harmonic();
        String verb = change > CHANCE ? "lifts" : change < -CHANCE ? "lowers" : "leaves";
        String figures = change > CHANCE || change < -CHANCE
                ? " from " + Figures.percent(before.harmonic()) + " to " + Figures.percent(after.harmonic()) + " %"
                : " at " + Figures.percent(after.harmonic()) + " %";
        String time = after.seconds().isPresent()
                ? " in " + Figures.seconds(after.seconds().getAsDouble())
                : "";
        return "Skip Tuning " + verb + " H" + figures + time;
    }
}
