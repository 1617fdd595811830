package org.skiptuning.benchmark.report;

import java.awt.Graphics2D;
import java.awt.geom.Line2D;
import java.awt.geom.Point2D;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;

/** Writes the names of points and lines into a plot, in the graphics' font and colour, where there is room. */
final class PlotNames {
    /** A name further off than this needs a line to its point. */
    private static final double FAR = 14;

    /** Between a line and its name. */
    private static final double GAP = 4;

    private final Graphics2D graphics;
    private final Rectangle2D frame;
    private final NamePlaces places;

    PlotNames(Graphics2D graphics, Rectangle2D frame) {
        this.graphics = graphics;
        this.frame = frame;
        this.places = new NamePlaces(frame);
    }

    /** No name is to be struck through by this. */
    void takeLine(double y) {
        places.take(new Rectangle2D.Double(frame.getX(), y - 2, frame.getWidth(), 4));
    }

    void takeMark(Point2D point, double side) {
        places.take(around(point, side));
    }

    void name(String name, Point2D point) {
        var metrics = graphics.getFontMetrics();
        var box = places.place(point, metrics.stringWidth(name), metrics.getAscent());
        if (!box.intersects(around(point, 2 * FAR))) {
            var colour = graphics.getColor();
            graphics.setColor(PlotColours.LEADER);
            graphics.draw(new Line2D.Double(point, nearest(box, point)));
            graphics.setColor(colour);
        }
        write(name, box);
    }

    /** Above the line or below it, as far to the left as there is room. */
    void nameOfLine(String name, double y) {
        var metrics = graphics.getFontMetrics();
        var width = metrics.stringWidth(name);
        var height = metrics.getAscent();
        var boxes = new ArrayList<Rectangle2D>();
        for (var x = frame.getX() + GAP; x + width < frame.getMaxX(); x += width / 2.0) {
            boxes.add(new Rectangle2D.Double(x, y - GAP - height, width, height));
            boxes.add(new Rectangle2D.Double(x, y + GAP, width, height));
        }
        write(name, places.firstFree(boxes));
    }

    private void write(String name, Rectangle2D box) {
        graphics.drawString(name, (float) box.getX(), (float) (box.getMaxY() - 2));
    }

    private static Point2D nearest(Rectangle2D box, Point2D point) {
        return new Point2D.Double(
                Math.clamp(point.getX(), box.getMinX(), box.getMaxX()),
                Math.clamp(point.getY(), box.getMinY(), box.getMaxY()));
    }

    private static Rectangle2D around(Point2D point, double side) {
        return new Rectangle2D.Double(point.getX() - side / 2, point.getY() - side / 2, side, side);
    }
}
