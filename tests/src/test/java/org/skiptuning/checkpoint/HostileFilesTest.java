package org.skiptuning.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.skiptuning.CheckpointException;

/** The files of tests/attacks: each is refused for its own reason, in one line, at once. */
class HostileFilesTest {
    private static final Path FOLDER = Path.of("attacks");

    private static final Map<String, String> REASONS = reasons("""
            bits_within_byte.safetensors         tensor a ends within a byte
            data_too_long.safetensors            holds 16 bytes of tensors where its header speaks of 8: it is truncated or damaged
            data_truncated.safetensors           holds 8 bytes of tensors where its header speaks of 16: it is truncated or damaged
            duplicate_shape.safetensors          "shape" is there twice
            duplicate_tensor.safetensors         "a" is there twice
            empty.safetensors                    has only 0 bytes: it is truncated
            foreign_html.safetensors             isn't a safetensors file: its first 8 bytes aren't a header's length
            foreign_png.safetensors              isn't a safetensors file: its first 8 bytes aren't a header's length
            git_lfs_pointer.safetensors          is only Git LFS's pointer to the weights: fetch them with "git lfs pull"
            header_begins_with_space.safetensors isn't a safetensors file: its header doesn't begin with {
            header_is_cut_json.safetensors       has a broken safetensors header: it ends too early; fetch or save it again
            header_length_negative.safetensors   isn't a safetensors file: its first 8 bytes aren't a header's length
            header_length_zero.safetensors       isn't a safetensors file: its header doesn't begin with {
            header_nested.safetensors            it is nested too deeply, or a text or number is too long
            header_not_utf8.safetensors          line 1, column 6: an unexpected character or word
            header_of_nuls.safetensors           isn't a safetensors file: its header doesn't begin with {
            header_over_100_mb.safetensors       isn't a safetensors file: its first 8 bytes aren't a header's length
            header_then_nuls.safetensors         an unexpected character or word
            header_then_text.safetensors         has text after its safetensors header
            header_truncated.safetensors         ends within its header of 61 bytes: it is truncated or isn't a safetensors file
            legacy_before_1_6.pt                 is in PyTorch's old format from before version 1.6: convert it with
            metadata_number.safetensors          its safetensors header has a whole number where __metadata__.step needs a text
            module_given_2000_attributes_2000_times.pt its pickle has more than 2000000 operations, too many for a CLIP
            module_nested_300_deep.pt            holds a module that is nested too deeply for a CLIP
            module_of_2_to_the_60_parts.pt       holds more parts than any CLIP
            module_within_itself.pt              holds a module that is nested too deeply for a CLIP
            name_of_10000.safetensors            holds a name of 10000 characters or with control characters in it, which no tensor of a CLIP
            name_with_escape_codes.safetensors   holds a name of 18 characters or with control characters in it, which no tensor of a CLIP has
            offsets_hole.safetensors             the offsets of tensor b, 12 to 20, leave a hole or overlap at 8
            offsets_overlap.safetensors          the offsets of tensor b, 4 to 12, leave a hole or overlap at 8
            offsets_reversed.safetensors         the offsets of tensor a, 8 to 0, leave a hole or overlap at 0
            offsets_shared.safetensors           the offsets of tensor b, 0 to 8, leave a hole or overlap at 8
            offsets_start_late.safetensors       the offsets of tensor a, 8 to 16, leave a hole or overlap at 0
            offsets_three.safetensors            tensor a lacks a shape or its two offsets
            pickle_asks_for_200_gb.pt            speaks of 50000000000 elements of 4 bytes in archive/data/0, which has 8 bytes
            pickle_calls_a_type.pt               its pickle calls torch.float32, which isn't a function
            pickle_calls_eval.pt                 names builtins.eval, which no weights need
            pickle_calls_os_system.pt            names posix.system, which no weights need
            pickle_empty.pt                      ends within its pickle: it is truncated
            pickle_expands_to_200_gb.pt          it holds a tensor of 50000000000 elements that reaches beyond its storage of 2
            pickle_extension_code.pt             its pickle holds the operation 0x82, which no saved model needs
            pickle_getattr_chain.pt              names builtins.getattr, which no weights need
            pickle_inside_state.pt               names subprocess.Popen, which no weights need
            pickle_is_a_number.pt                holds neither a model nor a state_dict
            pickle_key_is_a_list.pt              its pickle has a dictionary key that is neither text nor number
            pickle_key_of_600.pt                 holds a name of 600 characters or with control characters in it, which no tensor of
            pickle_many_axes.pt                  it holds a tensor with 9 sizes or strides
            pickle_mark_missing.pt               its pickle closes what it hasn't opened
            pickle_memo_missing.pt               its pickle refers to a value that it hasn't made
            pickle_name_with_newlines.pt         holds a name of 4 characters or with control characters in it, which no tensor of a CLIP has
            pickle_number_of_255_bytes.pt        its pickle holds a whole number of 255 bytes
            pickle_object_with_code.pt           its pickle holds the operation 0x53, which no saved model needs
            pickle_offset_beyond.pt              it holds a tensor of 1 elements that reaches beyond its storage of 2
            pickle_offset_negative.pt            it holds a tensor of 1 elements that reaches beyond its storage of 2
            pickle_old_protocol.pt               its pickle is of protocol 1; 2 to 5 are read
            pickle_pops_below_mark.pt            its pickle takes more than it has
            pickle_shape_overflows.pt            holds a tensor whose shape overflows
            pickle_stack_underflow.pt            its pickle takes more than it has
            pickle_stops_at_once.pt              its pickle takes more than it has
            pickle_storage_elsewhere.pt          lacks its part archive/data/../data.pkl: it is damaged
            pickle_storage_missing.pt            lacks its part archive/data/7: it is damaged
            pickle_storage_shorter.pt            speaks of 2 elements of 4 bytes in archive/data/0, which has 4 bytes
            pickle_stride_negative.pt            its pickle has a shape or stride that isn't a whole number from 0 on
            pickle_strides_overflow.pt           holds a tensor whose shape overflows
            pickle_text_of_2_63.pt               ends within its pickle: it is truncated
            pickle_text_too_long.pt              ends within its pickle: it is truncated
            pickle_torch_load.pt                 names torch.serialization.load, which no weights need
            pickle_without_end.pt                ends within its pickle: it is truncated
            seven_bytes.safetensors              has only 7 bytes: it is truncated
            shape_beyond_64_bits.safetensors     a number is too large
            shape_does_not_fill.safetensors      tensor a [3] of F32 doesn't fill its 8 bytes
            shape_fraction.safetensors           its safetensors header has a fraction where a.shape needs a whole number
            shape_missing.safetensors            tensor a lacks a shape or its two offsets
            shape_negative.safetensors           a.shape holds a negative number
            shape_overflows.safetensors          the shape of tensor a, [4611686018427387904, 8], overflows
            shape_overflows_to_fit.safetensors   the shape of tensor a, [4294967296, 4294967296, 2], overflows
            shape_text.safetensors               its safetensors header has a text where a.shape needs an array
            type_unknown.safetensors             tensor a has the unknown type "F31"
            zip64_locator_beyond.pt              its ZIP64 directory is missing
            zip64_missing.pt                     the ZIP64 sizes of archive/data/0 are missing
            zip_big_endian.pt                    was saved on a big-endian machine: save it as safetensors there
            zip_bomb.pt                          archive/data.pkl is compressed, which PyTorch never does
            zip_cut_in_half.pt                   its directory is missing, so it is truncated
            zip_directory_elsewhere.pt           its directory isn't where the archive says
            zip_directory_huge.pt                its directory isn't where the archive says
            zip_encrypted.pt                     archive/data/0 is encrypted
            zip_entries_overlap.pt               archive/data.pkl overlaps with what follows
            zip_entry_larger_than_file.pt        archive/data/0 overlaps with what follows
            zip_header_beyond_file.pt            the sizes of archive/data/0 are impossible
            zip_name_too_long.pt                 its directory is damaged
            zip_name_twice.pt                    it holds archive/data/0 twice
            zip_of_something_else.pt             is a ZIP archive but not one of PyTorch: it holds 0 files data.pkl
            zip_sizes_differ.pt                  the sizes of archive/data/0 are impossible
            zip_truncated.pt                     its directory is missing, so it is truncated
            zip_two_names.pt                     archive/data/0 has two names
            zip_two_roots.pt                     is a ZIP archive but not one of PyTorch: it holds 2 files data.pkl
            """);

    static Stream<String> files() {
        return REASONS.keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("files")
    void isRefused(String name) {
        var file = FOLDER.resolve(name);
        assertTimeoutPreemptively(
                Duration.ofSeconds(10),
                () -> assertThatThrownBy(
                                () -> Checkpoint.open(file, Optional.empty()).close())
                        .isInstanceOf(CheckpointException.class)
                        .message()
                        .contains(name, REASONS.get(name))
                        .doesNotContain("\n")
                        .hasSizeLessThan(400));
    }

    @Test
    void everyFileHasItsReason() throws IOException {
        try (var files = Files.list(FOLDER)) {
            var names = files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.endsWith(".py"))
                    .collect(Collectors.toCollection(TreeSet::new));
            assertThat(names).isEqualTo(REASONS.keySet());
        }
    }

    @AfterAll
    static void nothingWasRun() {
        assertThat(Path.of("/tmp/pwned")).doesNotExist();
    }

    private static Map<String, String> reasons(String table) {
        return Arrays.stream(table.split("\n"))
                .map(line -> line.split(" +", 2))
                .collect(Collectors.toMap(fields -> fields[0], fields -> fields[1], (a, b) -> a, TreeMap::new));
    }
}
