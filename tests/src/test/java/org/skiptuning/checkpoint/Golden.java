package org.skiptuning.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Files written by tests/parity/checkpoint_*.py. */
final class Golden {
    private static final String FOLDER = "/golden/checkpoint/";

    private Golden() {}

    static InputStream open(String name) {
        var stream = Objects.requireNonNull(Golden.class.getResourceAsStream(FOLDER + name), name);
        try {
            return name.endsWith(".gz") ? new GZIPInputStream(stream) : stream;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    static JsonNode json(String name) {
        return JsonMapper.shared().readTree(open(name));
    }

    static Path path(String name) {
        try {
            return Path.of(Objects.requireNonNull(Golden.class.getResource(FOLDER + name), name)
                    .toURI());
        } catch (URISyntaxException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
