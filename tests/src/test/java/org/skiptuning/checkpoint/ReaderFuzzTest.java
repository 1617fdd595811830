package org.skiptuning.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;
import org.skiptuning.CheckpointException;

/**
 * Readers of untrusted bytes: they accept, or refuse with a CheckpointException, and nothing else. Without {@code
 * JAZZER_FUZZ=1} only the seeds are run; with it, one method at a time, Jazzer looks for more.
 */
class ReaderFuzzTest {
    private static final int PREFIX = Long.BYTES;

    static Stream<byte[]> safetensorsFiles() {
        return Stream.concat(
                files(".safetensors"),
                Stream.of(read(Golden.path("open_clip/open_clip_model.safetensors")), new byte[PREFIX]));
    }

    static Stream<byte[]> archives() {
        return Stream.concat(files(".pt"), Stream.of(read(Golden.path("training/epoch_3.pt"))));
    }

    static Stream<byte[]> pickles() {
        return archives().flatMap(ReaderFuzzTest::pickleOf);
    }

    static Stream<String> texts() {
        return Stream.of(
                "",
                "a photo of a cat",
                "&notit; &#x110000;&#0;",
                "\ud800",
                "A\u03a3'\u017f<start_of_text>",
                "\u0130\u00a0");
    }

    @MethodSource("safetensorsFiles")
    @FuzzTest(maxDuration = "60s")
    void safetensorsHeader(byte[] file) {
        if (file == null || file.length < PREFIX) {
            return;
        }
        try {
            int length = Math.min(
                    file.length - PREFIX, Math.max(0, file[0] & 0xFF | (file[1] & 0xFF) << 8 | (file[2] & 0xFF) << 16));
            long data = file.length - PREFIX - length;
            var header = SafetensorsHeader.parse(Arrays.copyOfRange(file, PREFIX, PREFIX + length), data, "fuzz");
            assertThat(header.tensors().stream()
                            .mapToLong(tensor -> tensor.end() - tensor.begin())
                            .sum())
                    .isEqualTo(data);
        } catch (CheckpointException refused) {
            assertOneLine(refused);
        }
    }

    @MethodSource("archives")
    @FuzzTest(maxDuration = "60s")
    void zipArchive(byte[] file) {
        if (file == null) {
            return;
        }
        try {
            for (var entry :
                    ZipArchive.read(ByteSource.of(file), "fuzz").entries().values()) {
                assertThat(entry.offset() + entry.size()).isBetween(0L, (long) file.length);
            }
        } catch (CheckpointException refused) {
            assertOneLine(refused);
        }
    }

    @MethodSource("pickles")
    @FuzzTest(maxDuration = "60s")
    void pickle(byte[] pickle) {
        if (pickle == null) {
            return;
        }
        try {
            var value = PickleMachine.read(pickle, new TorchPickleHost("fuzz"), "fuzz");
            StateTree.tensors(value, "fuzz").values().forEach(tensor -> {
                long elements = Arrays.stream(tensor.shape()).reduce(1, Math::multiplyExact);
                assertThat(elements).isBetween(0L, tensor.storage().elements());
            });
        } catch (CheckpointException refused) {
            assertOneLine(refused);
        }
    }

    @MethodSource("texts")
    @FuzzTest(maxDuration = "60s")
    void tokenizer(String text) {
        if (text == null) {
            return;
        }
        var row = BytePairTokenizer.clip(16).encode(text);
        assertThat(row).hasSize(16).startsWith(49406).contains(49407);
        assertThat(Arrays.stream(row).max()).hasValue(49407);
    }

    private static void assertOneLine(CheckpointException refused) {
        assertThat(refused.getMessage()).startsWith("fuzz").doesNotContain("\n").hasSizeLessThan(2000);
    }

    private static Stream<byte[]> pickleOf(byte[] archive) {
        try {
            return ZipArchive.read(ByteSource.of(archive), "seed").entries().values().stream()
                    .filter(entry -> entry.name().endsWith("/data.pkl"))
                    .map(entry ->
                            Arrays.copyOfRange(archive, (int) entry.offset(), (int) (entry.offset() + entry.size())));
        } catch (CheckpointException broken) {
            return Stream.empty();
        }
    }

    private static Stream<byte[]> files(String suffix) {
        try (var files = Files.list(Path.of("attacks"))) {
            return files
                    .filter(file -> file.toString().endsWith(suffix))
                    .sorted()
                    .map(ReaderFuzzTest::read)
                    .toList()
                    .stream();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
