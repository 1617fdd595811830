package org.skiptuning.data.bundled;

/**
 * One drawn picture.
 *
 * @param row      its place in the file of drawn pictures
 * @param style    the icon set it comes from
 * @param icon     what that set calls it
 * @param name     its clean name, words joined by hyphens: the same in every style
 * @param category the Unicode category where its set gives one, else empty
 */
public record BundledPicture(int row, String style, String icon, String name, String category) {

    /** The name as it is put into a prompt. */
    public String text() {
        return name.replace('-', ' ');
    }
}
