package org.skiptuning.checkpoint;

import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** What a {@code tokenizer.json} says about itself. */
final class TokenizerJson {
    /** How CLIP cuts a text into words; some files name start and end here again. */
    private static final String WORDS = "'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+";

    private static final String SPECIAL = "<\\|startoftext\\|>|<\\|endoftext\\|>|";

    private TokenizerJson() {}

    /** Whether {@link BytePairTokenizer} computes the same: CLIP's clean-up, its words, and byte-level pairs. */
    static boolean isClips(JsonObject root) {
        var model = root.value("model");
        return model.path("type").asString("BPE").equals("BPE")
                && model.path("end_of_word_suffix").asString("").equals(BytePairVocabulary.WORD_END)
                && model.path("vocab").isObject()
                && model.path("merges").isArray()
                && !model.path("ignore_merges").asBoolean(false)
                && cleansAsClip(root.value("normalizer"))
                && cutsAsClip(root.value("pre_tokenizer"));
    }

    private static boolean cleansAsClip(JsonNode normalizer) {
        var steps = steps(normalizer, "normalizers");
        return types(steps).equals(List.of("NFC", "Replace", "Lowercase"))
                && steps.get(1).path("pattern").path("Regex").asString("").equals("\\s+")
                && steps.get(1).path("content").asString("").equals(" ");
    }

    private static boolean cutsAsClip(JsonNode preTokenizer) {
        var steps = steps(preTokenizer, "pretokenizers");
        if (!types(steps).equals(List.of("Split", "ByteLevel"))) {
            return false;
        }
        var split = steps.getFirst();
        var words = split.path("pattern").path("Regex").asString("");
        return (words.equals(WORDS) || words.equals(SPECIAL + WORDS))
                && split.path("behavior").asString("").equals("Removed")
                && split.path("invert").asBoolean(false)
                && !steps.getLast().path("add_prefix_space").asBoolean(true);
    }

    private static List<JsonNode> steps(JsonNode sequence, String key) {
        return sequence.path("type").asString("").equals("Sequence")
                ? sequence.path(key).valueStream().toList()
                : List.of();
    }

    private static List<String> types(List<JsonNode> steps) {
        return steps.stream().map(step -> step.path("type").asString("")).toList();
    }

    /** Every id is smaller: those of a vocabulary by text, the places in one that is a list, and added tokens. */
    static int vocabularySize(JsonObject root) {
        var vocabulary = root.value("model").path("vocab");
        var ids = vocabulary.isObject() ? vocabulary.valueStream() : Stream.<JsonNode>empty();
        var added = root.value("added_tokens").valueStream().map(token -> token.path("id"));
        int largest = Stream.concat(ids, added)
                .filter(JsonNode::canConvertToInt)
                .mapToInt(JsonNode::intValue)
                .max()
                .orElse(-1);
        return Math.max(largest + 1, vocabulary.isArray() ? vocabulary.size() : 0);
    }
}
