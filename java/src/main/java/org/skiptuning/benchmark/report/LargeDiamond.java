package org.skiptuning.benchmark.report;

import java.awt.Graphics2D;
import java.awt.geom.Path2D;
import org.knowm.xchart.style.markers.Marker;

/** Skip Tuning's mark in a plot, found at a glance: XChart has one size for all of its own. */
final class LargeDiamond extends Marker {
    static final int SIDE = 15;

    @Override
    public void paint(Graphics2D graphics, double x, double y, int size) {
        var half = SIDE / 2.0;
        var diamond = new Path2D.Double();
        diamond.moveTo(x, y - half);
        diamond.lineTo(x + half, y);
        diamond.lineTo(x, y + half);
        diamond.lineTo(x - half, y);
        diamond.closePath();
        graphics.fill(diamond);
    }
}
