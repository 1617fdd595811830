package org.skiptuning.data.bundled;

import com.github.weisj.jsvg.parser.LoaderContext;
import com.github.weisj.jsvg.parser.SVGLoader;
import com.github.weisj.jsvg.view.ViewBox;
import java.awt.Color;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.skiptuning.DataSetException;
import org.skiptuning.data.bundled.IconSet.Icon;

/** Draws an icon on white, whole and centred, as {@code size × size} RGB bytes. One instance serves one thread. */
final class IconRenderer {
    /** Part of the cache's key: raise it when drawings change. */
    static final int VERSION = 1;

    private static final String SVG =
            "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" color=\"black\""
                    + " viewBox=\"%s %s %s %s\" width=\"%s\" height=\"%s\">%s</svg>";

    private final SVGLoader loader = new SVGLoader();
    private final int size;

    IconRenderer(int size) {
        this.size = size;
    }

    byte[] render(String set, Icon icon) {
        var text = String.format(
                Locale.ROOT,
                SVG,
                icon.left(),
                icon.top(),
                icon.width(),
                icon.height(),
                icon.width(),
                icon.height(),
                icon.body());
        var document = loader.load(
                new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), null, LoaderContext.createDefault());
        if (document == null) {
            throw new DataSetException("The icon " + set + ":" + icon.name() + " isn't readable SVG.");
        }
        var image = new BufferedImage(size, size, BufferedImage.TYPE_INT_RGB);
        var graphics = image.createGraphics();
        try {
            graphics.setColor(Color.WHITE);
            graphics.fillRect(0, 0, size, size);
            graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
            graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
            graphics.setRenderingHint(RenderingHints.KEY_RENDERING, RenderingHints.VALUE_RENDER_QUALITY);
            graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
            document.render(null, graphics, new ViewBox(0, 0, size, size));
        } finally {
            graphics.dispose();
        }
        return bytes(image);
    }

    private byte[] bytes(BufferedImage image) {
        var pixels = ((DataBufferInt) image.getRaster().getDataBuffer()).getData();
        var rgb = new byte[pixels.length * 3];
        for (var i = 0; i < pixels.length; i++) {
            rgb[3 * i] = (byte) (pixels[i] >> 16);
            rgb[3 * i + 1] = (byte) (pixels[i] >> 8);
            rgb[3 * i + 2] = (byte) pixels[i];
        }
        return rgb;
    }

    static boolean isBlank(byte[] rgb) {
        for (var value : rgb) {
            if (value != (byte) 255) {
                return false;
            }
        }
        return true;
    }
}
