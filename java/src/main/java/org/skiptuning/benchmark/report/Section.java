package org.skiptuning.benchmark.report;

import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A part of a report.
 *
 * @param notes what a reader has to know, a paragraph each
 */
public record Section(String title, List<String> notes, List<Table> tables, List<Picture> pictures) {
    /** A plot, which is drawn once, when it is asked for. */
    public static final class Picture {
        private final String file;
        private final String alternative;
        private final Supplier<byte[]> drawing;
        private Optional<byte[]> drawn = Optional.empty();

        /**
         * @param file its name; what Markdown does not take in a link is replaced
         * @param alternative what it shows, for those who don't see it
         * @param drawing makes a PNG file
         */
        Picture(String file, String alternative, Supplier<byte[]> drawing) {
            this.file = file.replaceAll("[\\s()\\[\\]<>]+", "-");
            this.alternative = alternative;
            this.drawing = drawing;
        }

        public String file() {
            return file;
        }

        public String alternative() {
            return alternative;
        }

        byte[] png() {
            var png = drawn.orElseGet(drawing);
            drawn = Optional.of(png);
            return png;
        }

        /** For a page that is one file. */
        public String base64() {
            return Base64.getEncoder().encodeToString(png());
        }
    }

    public Section {
        notes = List.copyOf(notes);
        tables = List.copyOf(tables);
        pictures = List.copyOf(pictures);
    }
}
