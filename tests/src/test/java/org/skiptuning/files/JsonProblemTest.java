package org.skiptuning.files;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

class JsonProblemTest {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .build();

    record Inner(int count) {
        Inner {
            if (count < 0) {
                throw new IllegalArgumentException("count is " + count + ": use 0 or more");
            }
        }
    }

    record Outer(Inner inner, String name) {}

    private static String problem(String json) {
        return problem(() -> MAPPER.readValue(json, Outer.class));
    }

    private static String problem(Executable reading) {
        try {
            reading.execute();
        } catch (JacksonException problem) {
            return JsonProblem.describe(problem);
        } catch (Throwable other) {
            throw new AssertionError(other);
        }
        throw new AssertionError("nothing is wrong");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"a\":       | it ends too early",
                "`\n {a}`      | line 2, column 3: an unexpected character or word",
                "{} {}         | line 1, column 4: something comes after its end",
                "{\"a\":NaN}   | line 1, column 9: an unexpected character or word",
            })
    void textThatIsNoJson(String json, String expected) {
        assertThat(problem(() -> MAPPER.readTree(json))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"inner\":{\"count\":-1},\"name\":\"a\"}   | count is -1: use 0 or more",
                "{\"inner\":{\"count\":\"x\"},\"name\":\"a\"} | \"inner.count\" is missing or of the wrong kind",
                "{\"inner\":{\"count\":1},\"name\":null}     | \"name\" is missing or of the wrong kind",
                "{\"inner\":{\"count\":1},\"name\":[]}       | \"name\" is missing or of the wrong kind",
                "{\"inner\":{\"count\":1,\"other\":1}}        | \"inner.other\" is unknown",
            })
    void valuesThatDoNotFit(String json, String expected) {
        assertThat(problem(json)).isEqualTo(expected);
    }

    @Test
    void keysOfOthersAreCutAndWithoutControls() {
        assertThat(problem("{\"inner\":{\"count\":1,\"\\u001b[2J" + "x".repeat(1000) + "\":1}}"))
                .startsWith("\"inner.?[2Jxxx")
                .endsWith("...")
                .hasSize(200);
    }
}
