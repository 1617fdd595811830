package org.skiptuning.benchmark.report;

import java.awt.geom.Point2D;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.List;

/** Finds room for the names of a plot's points: beside each, clear of the frame, of marks and of other names. */
final class NamePlaces {
    /** Pixels from a point to its name, the nearest first. */
    private static final double[] DISTANCES = {9, 20, 32, 46, 62, 80};

    /** Where a name may lie, seen from its point: right, left, above and below first. */
    private static final double[][] DIRECTIONS = {{1, 0}, {-1, 0}, {0, -1}, {0, 1}, {1, -1}, {1, 1}, {-1, -1}, {-1, 1}};

    private final Rectangle2D frame;
    private final List<Rectangle2D> taken = new ArrayList<>();

    NamePlaces(Rectangle2D frame) {
        this.frame = frame;
    }

    /** No name is to cover this. */
    void take(Rectangle2D area) {
        taken.add(area);
    }

    /** The box of a name: the nearest free one, or where nothing is free the least covered. */
    Rectangle2D place(Point2D point, double width, double height) {
        var best = beside(point, DIRECTIONS[0], DISTANCES[0], width, height);
        var least = Double.MAX_VALUE;
        for (var distance : DISTANCES) {
            for (var direction : DIRECTIONS) {
                var box = beside(point, direction, distance, width, height);
                var covered = covered(box);
                if (covered < least) {
                    least = covered;
                    best = box;
                }
            }
            if (least == 0) {
                break;
            }
        }
        take(best);
        return best;
    }

    /** The first of some boxes that is free, or the first. */
    Rectangle2D firstFree(List<Rectangle2D> boxes) {
        var box = boxes.stream().filter(one -> covered(one) == 0).findFirst().orElse(boxes.getFirst());
        take(box);
        return box;
    }

    private static Rectangle2D beside(Point2D point, double[] direction, double distance, double width, double height) {
        var centreX = point.getX() + direction[0] * (distance + width / 2);
        var centreY = point.getY() + direction[1] * (distance + height / 2);
        return new Rectangle2D.Double(centreX - width / 2, centreY - height / 2, width, height);
    }

    private double covered(Rectangle2D box) {
        var outside = area(box) - area(box.createIntersection(frame));
        return outside
                + taken.stream()
                        .filter(box::intersects)
                        .mapToDouble(other -> area(box.createIntersection(other)))
                        .sum();
    }

    /** An intersection of what lies apart has negative sides. */
    private static double area(Rectangle2D box) {
        return Math.max(0, box.getWidth()) * Math.max(0, box.getHeight());
    }
}
