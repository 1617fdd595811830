package org.skiptuning.data.bundled;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.skiptuning.DataSetException;
import org.skiptuning.data.bundled.IconSet.Icon;

class IconRendererTest {
    private static final int SIZE = 40;
    private final IconRenderer renderer = new IconRenderer(SIZE);

    private static Icon icon(String body, double left, double top, double width, double height) {
        return new Icon("test", body, "", left, top, width, height);
    }

    private static int pixel(byte[] rgb, int x, int y) {
        var at = 3 * (y * SIZE + x);
        return (rgb[at] & 255) << 16 | (rgb[at + 1] & 255) << 8 | rgb[at + 2] & 255;
    }

    @Test
    void showsTheIconsOwnRectangleWhole() {
        var rgb = renderer.render("set", icon("<path fill=\"#ff0000\" d=\"M10 20h4v4h-4z\"/>", 10, 20, 8, 8));
        assertThat(pixel(rgb, 5, 5)).isEqualTo(0xff0000);
        assertThat(pixel(rgb, 30, 5)).isEqualTo(0xffffff);
        assertThat(pixel(rgb, 5, 30)).isEqualTo(0xffffff);
    }

    @Test
    void centresAnIconThatIsNotSquare() {
        var rgb = renderer.render("set", icon("<path fill=\"#00ff00\" d=\"M0 0h16v8H0z\"/>", 0, 0, 16, 8));
        assertThat(pixel(rgb, 20, 20)).isEqualTo(0x00ff00);
        assertThat(pixel(rgb, 20, 3)).isEqualTo(0xffffff);
        assertThat(pixel(rgb, 20, 36)).isEqualTo(0xffffff);
    }

    @Test
    void drawsTheCurrentColourBlackAndTransparencyOnWhite() {
        var rgb = renderer.render(
                "set",
                icon(
                        "<path fill=\"currentColor\" d=\"M0 0h8v16H0z\"/>"
                                + "<path fill=\"#000\" fill-opacity=\".5\" d=\"M8 0h8v16H8z\"/>",
                        0,
                        0,
                        16,
                        16));
        assertThat(pixel(rgb, 10, 20)).isZero();
        assertThat(pixel(rgb, 30, 20) & 255).isBetween(126, 129);
    }

    @Test
    void knowsABlankPicture() {
        assertThat(IconRenderer.isBlank(renderer.render("set", icon("<g/>", 0, 0, 16, 16))))
                .isTrue();
        assertThat(IconRenderer.isBlank(renderer.render("set", icon("<path d=\"M0 0h9v9H0z\"/>", 0, 0, 16, 16))))
                .isFalse();
    }

    @Test
    void drawsTheSameBytesAgain() {
        var heart =
                icon("<path d=\"M12 21C5 15 2 12 2 8a5 5 0 0 1 10-1a5 5 0 0 1 10 1c0 4-3 7-10 13\"/>", 0, 0, 24, 24);
        assertThat(renderer.render("set", heart)).isEqualTo(new IconRenderer(SIZE).render("set", heart));
    }

    @Test
    void namesAnIconThatCannotBeRead() {
        assertThatThrownBy(() -> renderer.render("set", icon("<path d=\"M0 0", 0, 0, 16, 16)))
                .isInstanceOf(DataSetException.class)
                .hasMessageContaining("set:test");
    }
}
