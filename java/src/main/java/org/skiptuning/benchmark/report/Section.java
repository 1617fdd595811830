package org.skiptuning.benchmark.report;

import java.util.Base64;
import java.util.List;

/**
 * A part of a report.
 *
 * @param notes what a reader has to know, a paragraph each
 */
public record Section(String title, List<String> notes, List<Table> tables, List<Picture> pictures) {
    /**
     * A plot.
     *
     * @param file its name
     * @param alternative what it shows, for those who don't see it
     * @param png the file
     */
    public record Picture(String file, String alternative, byte[] png) {
        /** For a page that is one file. */
        public String base64() {
            return Base64.getEncoder().encodeToString(png);
        }
    }

    public Section {
        notes = List.copyOf(notes);
        tables = List.copyOf(tables);
        pictures = List.copyOf(pictures);
    }
}
