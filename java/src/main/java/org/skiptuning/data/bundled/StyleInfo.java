package org.skiptuning.data.bundled;

/**
 * Where a style's pictures come from and under which terms.
 *
 * @param name    the icon set's name in the archive, such as {@code noto}
 * @param title   its name for people
 * @param licence SPDX identifier where the archive gives one, else the licence's title
 * @param author  who drew it
 */
public record StyleInfo(String name, String title, String licence, String author) {}
