package org.skiptuning.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class BytePairTokenizerTest {
    private final BytePairTokenizer tokenizer = BytePairTokenizer.clip(77);

    @Test
    void contentEqualsOpenClips() throws IOException {
        var checked = new SoftAssertions();
        int count = 0;
        try (var reader =
                new BufferedReader(new InputStreamReader(Golden.open("tokens.jsonl.gz"), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                var example = JsonMapper.shared().readTree(line);
                var text = example.get(0).asString();
                checked.assertThat(tokenizer.content(text)).as(text).isEqualTo(integers(example.get(1)));
                count++;
            }
        }
        checked.assertAll();
        assertThat(count).isEqualTo(2200);
    }

    @Test
    void rowsAreFramedAndCutAsOpenClipDoes() {
        for (var example : Golden.json("framed.json")) {
            var row = BytePairTokenizer.clip(example.get(1).asInt())
                    .encode(example.get(0).asString());
            assertThat(row).as(example.get(0).asString()).containsExactly(longs(example.get(2)));
        }
    }

    @Test
    void loneSurrogatesAndControlCharactersAreTokens() {
        assertThat(tokenizer.encode("a\ud800b\udc00\0")).hasSize(77).startsWith(49406, 320);
    }

    /** The naive loop would take minutes. */
    @Test
    void aMillionLettersTakeSeconds() {
        var random = new Random(1);
        var letters = new StringBuilder();
        random.ints(1_000_000, 'a', 'z' + 1).forEach(letter -> letters.append((char) letter));
        org.junit.jupiter.api.Assertions.assertTimeout(
                Duration.ofSeconds(20), () -> tokenizer.encode(letters.toString()));
    }

    @Test
    void mergesEqualTheTextbookLoop() {
        var random = new Random(2);
        for (int round = 0; round < 2000; round++) {
            int letters = 2 + random.nextInt(3);
            var rules = randomRules(random, letters, random.nextInt(40));
            var encoding = new BytePairEncoding.Builder(rules.size());
            rules.forEach(rule -> encoding.add(rule[0], rule[1], rule[2]));
            int[] word = IntStream.range(0, random.nextInt(30))
                    .map(place -> random.nextInt(letters))
                    .toArray();
            assertThat(encoding.build().apply(word)).containsExactly(textbook(word, rules));
        }
    }

    /** Rules over the first letters and the results of earlier rules; some results arise from two rules. */
    private static List<int[]> randomRules(Random random, int letters, int count) {
        var texts = new java.util.ArrayList<String>();
        IntStream.range(0, letters).forEach(letter -> texts.add(String.valueOf((char) ('a' + letter))));
        var rules = new java.util.LinkedHashMap<String, int[]>();
        for (int index = 0; index < count; index++) {
            int left = random.nextInt(texts.size());
            int right = random.nextInt(texts.size());
            var result = texts.get(left) + texts.get(right);
            if (!texts.contains(result)) {
                texts.add(result);
            }
            rules.putIfAbsent(left + " " + right, new int[] {left, right, texts.indexOf(result)});
        }
        return List.copyOf(rules.values());
    }

    private static int[] textbook(int[] word, List<int[]> rules) {
        var symbols = new java.util.ArrayList<>(IntStream.of(word).boxed().toList());
        while (true) {
            int best = rules.size();
            for (int index = 0; index + 1 < symbols.size(); index++) {
                for (int rank = 0; rank < best; rank++) {
                    if (rules.get(rank)[0] == symbols.get(index) && rules.get(rank)[1] == symbols.get(index + 1)) {
                        best = rank;
                    }
                }
            }
            if (best == rules.size()) {
                return symbols.stream().mapToInt(Integer::intValue).toArray();
            }
            var rule = rules.get(best);
            for (int index = 0; index + 1 < symbols.size(); index++) {
                if (symbols.get(index) == rule[0] && symbols.get(index + 1) == rule[1]) {
                    symbols.set(index, rule[2]);
                    symbols.remove(index + 1);
                }
            }
        }
    }

    private static int[] integers(JsonNode array) {
        return IntStream.range(0, array.size())
                .map(index -> array.get(index).asInt())
                .toArray();
    }

    private static long[] longs(JsonNode array) {
        return IntStream.range(0, array.size())
                .mapToLong(index -> array.get(index).asLong())
                .toArray();
    }
}
