package org.skiptuning.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** The files that tests/parity/data_*.py wrote. */
final class Golden {
    private Golden() {}

    static Path path(String name) {
        try {
            var resource = Golden.class.getResource("/golden/data/" + name);
            if (resource == null) {
                throw new IllegalArgumentException("No golden file " + name);
            }
            return Path.of(resource.toURI());
        } catch (URISyntaxException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    static List<String> lines(String name) {
        try {
            return Files.readAllLines(path(name));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** The rows of a file of whole numbers. */
    static List<long[]> rows(String name) {
        return lines(name).stream()
                .map(line -> Arrays.stream(line.split(","))
                        .mapToLong(Long::parseLong)
                        .toArray())
                .toList();
    }
}
