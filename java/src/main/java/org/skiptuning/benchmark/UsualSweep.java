package org.skiptuning.benchmark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a protocol is over where nothing is said; read from the resource {@code sweeps.json}.
 *
 * @param published the data sets of the published figures, that which is trained on first where the protocol transfers
 * @param bundled tasks of the bundled data that come nearest
 * @param bundledShots pictures a class that make a matter of minutes of these
 */
public record UsualSweep(List<String> published, List<String> bundled, List<Integer> bundledShots) {
    private static final Map<String, UsualSweep> ALL = read();

    public UsualSweep {
        published = List.copyOf(published);
        bundled = List.copyOf(bundled);
        bundledShots = List.copyOf(bundledShots);
    }

    public static UsualSweep of(Protocol protocol) {
        return Objects.requireNonNull(ALL.get(protocol.toString()));
    }

    private static Map<String, UsualSweep> read() {
        var json = JsonMapper.builder()
                .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                .build();
        try (var stream = UsualSweep.class.getResourceAsStream("sweeps.json")) {
            if (stream == null) {
                throw new IllegalStateException("The resource sweeps.json is missing from the jar");
            }
            return json.readValue(stream.readAllBytes(), new TypeReference<Map<String, UsualSweep>>() {});
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
