package org.skiptuning.data.published;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The files that tests/parity/data_published.py and data_matlab.py wrote. */
final class GoldenFile {
    private GoldenFile() {}

    static Path path(String name) {
        try {
            return Path.of(Objects.requireNonNull(GoldenFile.class.getResource("/golden/data/published/" + name), name)
                    .toURI());
        } catch (URISyntaxException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    static List<JsonNode> rows(String name) {
        try {
            return Files.readAllLines(path(name)).stream()
                    .map(JsonMapper.shared()::readTree)
                    .toList();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
