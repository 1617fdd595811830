package org.skiptuning.benchmark.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.geom.Point2D;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

class NamePlacesTest {
    private static final Rectangle2D FRAME = new Rectangle2D.Double(0, 0, 700, 400);

    @Test
    void namesOfPointsInAHeapDoNotOverlap() {
        var places = new NamePlaces(FRAME);
        var line = new Rectangle2D.Double(0, 200, 700, 3);
        places.take(line);
        var boxes = new ArrayList<Rectangle2D>();
        for (var i = 0; i < 10; i++) {
            var box = places.place(new Point2D.Double(300 + 5 * i, 180 + 4 * i), 60, 14);
            assertThat(FRAME.contains(box)).isTrue();
            assertThat(boxes).noneMatch(box::intersects);
            assertThat(box.intersects(line)).isFalse();
            boxes.add(box);
        }
    }

    @Test
    void aNameAtTheEdgeIsOnTheOtherSideOfItsPoint() {
        var box = new NamePlaces(FRAME).place(new Point2D.Double(690, 100), 60, 14);
        assertThat(box.getMaxX()).isLessThan(690);
    }
}
