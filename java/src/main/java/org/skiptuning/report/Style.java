package org.skiptuning.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The style sheet that each report carries in it. */
public final class Style {
    private Style() {}

    public static String css() {
        try (var stream = Style.class.getResourceAsStream("report.css")) {
            if (stream == null) {
                throw new IllegalStateException("the library's report.css is missing from its jar");
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }
}
