package org.skiptuning.benchmark.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.geom.Point2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.Consumer;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** A white sheet to draw on, as a PNG file. */
final class Canvas {
    private Canvas() {}

    static byte[] png(int width, int height, Consumer<Graphics2D> drawing) {
        var image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        var graphics = image.createGraphics();
        try {
            graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
            graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
            graphics.setColor(Color.WHITE);
            graphics.fillRect(0, 0, width, height);
            drawing.accept(graphics);
        } finally {
            graphics.dispose();
        }
        var bytes = new ByteArrayOutputStream();
        // In memory: ImageIO.write may take a file beside, where there may be no room.
        var writer = ImageIO.getImageWritersByFormatName("png").next();
        try (var stream = new MemoryCacheImageOutputStream(bytes)) {
            writer.setOutput(stream);
            writer.write(image);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }

    static void centred(Graphics2D graphics, String text, double x, double baseline) {
        var width = graphics.getFontMetrics().stringWidth(text);
        graphics.drawString(text, (float) (x - width / 2.0), (float) baseline);
    }

    /** A line across the frame, behind what is drawn; the colour is that of text afterwards. */
    static void rule(Graphics2D graphics, double fromX, double fromY, double toX, double toY) {
        graphics.setStroke(new BasicStroke(1));
        graphics.setColor(PlotColours.RULE);
        graphics.draw(new Line2D.Double(fromX, fromY, toX, toY));
        graphics.setColor(PlotColours.INK);
    }

    /** @param mark diameter of a dot at each point; 0 has none */
    static void curve(Graphics2D graphics, List<Point2D> points, Color colour, float thickness, double mark) {
        graphics.setColor(colour);
        graphics.setStroke(new BasicStroke(thickness, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
        var path = new Path2D.Double();
        for (var point : points) {
            if (path.getCurrentPoint() == null) {
                path.moveTo(point.getX(), point.getY());
            } else {
                path.lineTo(point.getX(), point.getY());
            }
            graphics.fill(new Ellipse2D.Double(point.getX() - mark / 2, point.getY() - mark / 2, mark, mark));
        }
        graphics.draw(path);
    }
}
