package org.skiptuning.benchmark.report;

import java.awt.Color;

/** What plots have in common with the page that they stand on ({@code report.css}). */
final class PlotColours {
    /** Skip Tuning's. */
    static final Color OURS = new Color(0x0b, 0x7a, 0x75);

    /** Of a second curve beside it. */
    static final Color SECOND = new Color(0xb7, 0x79, 0x1f);

    static final Color OTHERS = new Color(0x6b, 0x72, 0x80);
    static final Color RULE = new Color(0xe8, 0xea, 0xed);
    static final Color INK = new Color(0x30, 0x34, 0x3b);

    /** From a point to its name. */
    static final Color LEADER = new Color(0x9c, 0xa3, 0xaf);

    private PlotColours() {}
}
