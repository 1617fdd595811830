package org.skiptuning.data.bundled;

import java.util.List;
import java.util.Map;

/**
 * One icon set as the archive holds it.
 *
 * @param icons   in the file's order
 * @param aliases another name → the name of the icon it stands for
 */
record IconSet(StyleInfo info, List<Icon> icons, Map<String, String> aliases) {

    /** One drawing: SVG elements and the rectangle of them that is shown; {@code category} is empty where none is given. */
    record Icon(String name, String body, String category, double left, double top, double width, double height) {}
}
