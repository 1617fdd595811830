package org.skiptuning.data.published;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/** The eleven data sets of the protocols and ImageNet's four variants, in the order of the published tables. */
public final class PublishedDataSets {
    private static final String RESOURCE = "data-sets.json";
    private static final List<PublishedDataSet> ALL = read();

    private PublishedDataSets() {}

    public static List<PublishedDataSet> all() {
        return ALL;
    }

    public static List<String> names() {
        return ALL.stream().map(PublishedDataSet::name).toList();
    }

    public static Optional<PublishedDataSet> find(String name) {
        return ALL.stream().filter(known -> known.name().equals(name)).findFirst();
    }

    private static List<PublishedDataSet> read() {
        var json = JsonMapper.builder()
                .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
                .build();
        try (var stream = PublishedDataSets.class.getResourceAsStream(RESOURCE)) {
            if (stream == null) {
                throw new IllegalStateException("The resource " + RESOURCE + " is missing from the jar");
            }
            var entries = json.readValue(stream.readAllBytes(), Entry[].class);
            return Arrays.stream(entries).map(PublishedDataSet::new).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
