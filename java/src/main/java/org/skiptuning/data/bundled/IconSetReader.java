package org.skiptuning.data.bundled;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.skiptuning.data.bundled.IconSet.Icon;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads an icon set from its JSON as a stream, keeping only what is needed.
 *
 * <p>The format is Iconify's: {@code icons} maps a name to {@code body} and, where they differ from the set's own,
 * {@code left}, {@code top}, {@code width} and {@code height}; {@code categories} lists names; {@code aliases} name a
 * {@code parent} and may turn or mirror it (those that do are other drawings, so they are left out).
 */
final class IconSetReader {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private static final double FORMAT_DEFAULT_SIZE = 16;

    private StyleInfo info = new StyleInfo("", "", "", "");
    private final Map<String, RawIcon> icons = new LinkedHashMap<>();
    private final Map<String, String> aliases = new LinkedHashMap<>();
    private final Map<String, String> categories = new LinkedHashMap<>();
    private Frame frame = new Frame(0, 0, FORMAT_DEFAULT_SIZE, FORMAT_DEFAULT_SIZE);

    private record Frame(double left, double top, double width, double height) {
        Frame with(String field, double value) {
            return switch (field) {
                case "left" -> new Frame(value, top, width, height);
                case "top" -> new Frame(left, value, width, height);
                case "width" -> new Frame(left, top, value, height);
                case "height" -> new Frame(left, top, width, value);
                default -> this;
            };
        }
    }

    private record RawIcon(String body, Map<String, Double> frame) {}

    private IconSetReader() {}

    /** Reads {@code stream} to its end; {@code set} is the name that the set goes by. */
    static IconSet read(String set, InputStream stream) {
        try (var parser = JSON.createParser(stream)) {
            var reader = new IconSetReader();
            parser.nextToken();
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                var field = parser.currentName();
                parser.nextToken();
                reader.readField(set, field, parser);
            }
            return reader.result();
        }
    }

    private void readField(String set, String field, JsonParser parser) {
        switch (field) {
            case "info" -> info = readInfo(set, parser);
            case "icons" -> readIcons(parser);
            case "aliases" -> readAliases(parser);
            case "categories" -> readCategories(parser);
            case "left", "top", "width", "height" -> frame = frame.with(field, parser.getDoubleValue());
            default -> parser.skipChildren();
        }
    }

    private static StyleInfo readInfo(String set, JsonParser parser) {
        var tree = (JsonNode) parser.readValueAsTree();
        var licence = tree.path("license");
        return new StyleInfo(
                set,
                tree.path("name").asString(set),
                licence.path("spdx").asString(licence.path("title").asString("unknown")),
                tree.path("author").path("name").asString("unknown"));
    }

    private void readIcons(JsonParser parser) {
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            var name = parser.currentName();
            var body = "";
            var own = new LinkedHashMap<String, Double>();
            parser.nextToken();
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                var field = parser.currentName();
                parser.nextToken();
                switch (field) {
                    case "body" -> body = parser.getString();
                    case "left", "top", "width", "height" -> own.put(field, parser.getDoubleValue());
                    default -> parser.skipChildren();
                }
            }
            icons.put(name, new RawIcon(body, own));
        }
    }

    private void readAliases(JsonParser parser) {
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            var name = parser.currentName();
            parser.nextToken();
            var alias = (JsonNode) parser.readValueAsTree();
            if (!alias.has("hFlip") && !alias.has("vFlip") && !alias.has("rotate")) {
                aliases.put(name, alias.path("parent").asString());
            }
        }
    }

    private void readCategories(JsonParser parser) {
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            var category = parser.currentName();
            parser.nextToken();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                categories.putIfAbsent(parser.getString(), category);
            }
        }
    }

    private IconSet result() {
        List<Icon> list = new ArrayList<>(icons.size());
        icons.forEach((name, raw) -> {
            var own = frame;
            for (var entry : raw.frame().entrySet()) {
                own = own.with(entry.getKey(), entry.getValue());
            }
            list.add(new Icon(
                    name,
                    raw.body(),
                    categories.getOrDefault(name, ""),
                    own.left(),
                    own.top(),
                    own.width(),
                    own.height()));
        });
        return new IconSet(info, List.copyOf(list), Map.copyOf(aliases));
    }
}
