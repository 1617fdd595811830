package org.skiptuning;

import org.skiptuning.files.JsonProblem;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Settings as JSON: names with underscores, choices in the words of the command line. */
final class SettingsJson {
    static final JsonMapper MAPPER = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private SettingsJson() {}

    static JsonNode tree(TrainingSettings settings) {
        return MAPPER.valueToTree(settings);
    }

    /** @throws SkipTuningException if the text is no JSON object */
    static ObjectNode object(String text) {
        try {
            if (MAPPER.readTree(text) instanceof ObjectNode object) {
                return object;
            }
            throw new SkipTuningException("Unusable training settings: they are no JSON object");
        } catch (JacksonException e) {
            throw new SkipTuningException("Unusable training settings: " + JsonProblem.describe(e), e);
        }
    }

    /**
     * @throws SkipTuningException if a value is missing, unknown or out of range
     */
    static TrainingSettings read(JsonNode tree) {
        try {
            return MAPPER.treeToValue(tree, TrainingSettings.class);
        } catch (JacksonException e) {
            throw new SkipTuningException("Unusable training settings: " + JsonProblem.describe(e), e);
        }
    }
}
