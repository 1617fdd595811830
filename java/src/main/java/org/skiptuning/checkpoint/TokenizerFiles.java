package org.skiptuning.checkpoint;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.skiptuning.CheckpointException;
import org.skiptuning.files.Folders;
import tools.jackson.databind.JsonNode;

/**
 * The tokenizer of a checkpoint's folder: its own {@code tokenizer.json}, else its {@code vocab.json} and
 * {@code merges.txt}, else CLIP's; cut by {@code vocabulary.json} where there is one.
 */
final class TokenizerFiles {
    static final String TOKENIZER = "tokenizer.json";
    static final String VOCAB = "vocab.json";
    static final String MERGES = "merges.txt";
    static final String REDUCED = "vocabulary.json";

    private static final String START = "<|startoftext|>";
    private static final String END = "<|endoftext|>";

    private TokenizerFiles() {}

    static Tokenizer open(Path folder, ClipConfiguration configuration) {
        int context = configuration.text().context();
        var file = InputFiles.optional(folder.resolve(TOKENIZER));
        if (file.isPresent()) {
            var root = JsonObject.read(file.get());
            return TokenizerJson.isClips(root)
                    ? fitting(bytePairs(root, context), folder, configuration)
                    : foreign(folder, root, configuration);
        }
        return fitting(
                fromPairs(folder, context).orElseGet(() -> BytePairTokenizer.clip(context)), folder, configuration);
    }

    private static Tokenizer fitting(BytePairTokenizer tokenizer, Path folder, ClipConfiguration configuration) {
        var reduced = InputFiles.optional(folder.resolve(REDUCED));
        int vocabulary = configuration.text().vocabulary();
        if (reduced.isPresent()) {
            return ReducedVocabularyTokenizer.read(reduced.get(), tokenizer, vocabulary);
        }
        requireVocabulary(folder, vocabulary, tokenizer.vocabularySize());
        requireEnd(folder, configuration, tokenizer.end());
        return tokenizer;
    }

    /** Any other tokenizer, run by Hugging Face's library. */
    private static Tokenizer foreign(Path folder, JsonObject root, ClipConfiguration configuration) {
        requireVocabulary(folder, configuration.text().vocabulary(), TokenizerJson.vocabularySize(root));
        var tokenizer = HuggingFaceTokenizers.open(
                folder.resolve(TOKENIZER), configuration.text().context());
        try {
            requireEnd(folder, configuration, tokenizer.end());
            return tokenizer;
        } catch (Throwable failure) {
            tokenizer.close();
            throw failure;
        }
    }

    private static void requireVocabulary(Path folder, int rows, int ids) {
        if (ids > rows) {
            throw new CheckpointException("The model in " + folder + " has a vocabulary of " + rows
                    + " tokens, but its tokenizer has " + ids + ": put its " + TOKENIZER + " or " + REDUCED
                    + " beside it");
        }
    }

    private static void requireEnd(Path folder, ClipConfiguration configuration, long end) {
        if (configuration.endOfText() >= 0 && configuration.endOfText() != end) {
            throw new CheckpointException("The configuration in " + folder + " pools at token "
                    + configuration.endOfText() + ", but the tokenizer ends a text with " + end
                    + ": one of the two files is not this model's");
        }
    }

    private static Optional<BytePairTokenizer> fromPairs(Path folder, int context) {
        var vocabulary = InputFiles.optional(folder.resolve(VOCAB));
        return InputFiles.optional(folder.resolve(MERGES))
                .flatMap(merges -> vocabulary.map(words -> bytePairs(words, merges, context)));
    }

    private static BytePairTokenizer bytePairs(Path vocabulary, Path merges, int context) {
        var pairs = lines(merges).stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#version"))
                .map(line -> pair(line, merges.toString()))
                .toList();
        return bytePairs(ids(Json.read(vocabulary), vocabulary.toString()), pairs, context, vocabulary.toString());
    }

    private static BytePairTokenizer bytePairs(JsonObject root, int context) {
        var model = root.requiredObject("model");
        var ids = ids(model.value("vocab"), root.source());
        for (var token : root.value("added_tokens")) {
            if (token.path("content").isString() && token.path("id").canConvertToInt()) {
                ids.putIfAbsent(
                        token.path("content").stringValue(), token.path("id").intValue());
            }
        }
        List<String[]> merges = new ArrayList<>();
        for (var merge : model.value("merges")) {
            merges.add(
                    merge.isArray() && merge.size() == 2
                            ? new String[] {
                                merge.get(0).asString(""), merge.get(1).asString("")
                            }
                            : pair(merge.asString(""), root.source()));
        }
        return bytePairs(ids, merges, context, root.source());
    }

    private static BytePairTokenizer bytePairs(
            Map<String, Integer> ids, List<String[]> merges, int context, String source) {
        var vocabulary = BytePairVocabulary.of(ids, merges, START, END, source);
        return new BytePairTokenizer(
                vocabulary,
                TextCleanUp.HUGGING_FACE,
                START.toLowerCase(Locale.ROOT),
                END.toLowerCase(Locale.ROOT),
                context);
    }

    private static Map<String, Integer> ids(JsonNode vocabulary, String source) {
        if (!vocabulary.isObject()) {
            throw new CheckpointException(source + " has no vocabulary");
        }
        Map<String, Integer> ids = new HashMap<>();
        for (var entry : vocabulary.properties()) {
            if (!entry.getValue().canConvertToInt() || entry.getValue().intValue() < 0) {
                throw new CheckpointException(
                        source + ": the id of token " + JsonObject.quoted(entry.getKey()) + " isn't a number");
            }
            ids.put(entry.getKey(), entry.getValue().intValue());
        }
        return ids;
    }

    private static String[] pair(String line, String source) {
        var pair = line.split(" ");
        if (pair.length != 2) {
            throw new CheckpointException(source + " has a merge that isn't a pair: " + JsonObject.quoted(line));
        }
        return pair;
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file, StandardCharsets.UTF_8);
        } catch (IOException failure) {
            throw new CheckpointException(file + " cannot be read: " + Folders.reason(failure), failure);
        }
    }
}
