package org.skiptuning.ffi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.skiptuning.Precision;

/** The header is what counts: each function and struct of it has exactly its Java binding, and nothing more is bound. */
class HeaderBindingTest {
    private static final String HEADER = readHeader();

    @Test
    void everyFunctionHasItsSignature() {
        var declared = new TreeMap<String, String>();
        var function = Pattern.compile("ST_API\\s+([\\w ]+?[ *]+)(st_\\w+)\\(([^)]*)\\)\\s*ST_NOEXCEPT;");
        for (var match : function.matcher(HEADER).results().toList()) {
            declared.put(match.group(2), code(match.group(1)) + "(" + parameters(match.group(3)) + ")");
        }
        assertThat(declared).hasSizeGreaterThan(30);

        var bound = new TreeMap<String, String>();
        Signatures.ALL.forEach((name, descriptor) -> bound.put(name, code(descriptor)));
        assertThat(bound).isEqualTo(declared);
    }

    @Test
    void everyFunctionIsDeclaredForExport() {
        assertThat(Pattern.compile("\\bst_\\w+\\(")
                        .matcher(HEADER.replaceAll("(?s)/\\*.*?\\*/", ""))
                        .results())
                .hasSize(Signatures.ALL.size());
    }

    @Test
    void everyStructHasItsLayout() {
        var declared = new TreeMap<String, String>();
        var struct = Pattern.compile("typedef struct (st_\\w+) \\{(.*?)\\} \\1;", Pattern.DOTALL);
        for (var match : struct.matcher(HEADER).results().toList()) {
            declared.put(match.group(1), fields(match.group(2)));
        }
        assertThat(declared).hasSizeGreaterThan(5);

        var bound = new TreeMap<String, String>();
        for (var layout : Layouts.ALL) {
            bound.put(layout.name().orElseThrow(), fields(layout));
        }
        assertThat(bound).isEqualTo(declared);
    }

    /** Without holes in the field list, a struct's size in Java is its size in C if each field lies at its alignment. */
    @Test
    void noStructHasPadding() {
        for (var layout : Layouts.ALL) {
            assertThat(layout.byteSize() % 8).as(layout.toString()).isZero();
            for (var field : layout.memberLayouts()) {
                long offset = Layouts.offset(layout, field.name().orElseThrow());
                assertThat(offset % field.byteAlignment())
                        .as(layout + "." + field)
                        .isZero();
            }
        }
    }

    @Test
    void progressCallbackHasItsSignature() {
        var match = Pattern.compile("typedef int32_t \\(\\*st_progress\\)\\(([^)]*)\\);")
                .matcher(HEADER);
        assertThat(match.find()).isTrue();
        assertThat(code(Signatures.PROGRESS)).isEqualTo("i(" + parameters(match.group(1)) + ")");
    }

    @Test
    void elementTypesAndPrecisionsHaveTheirCodes() {
        var codes = constants("typedef int32_t st_dtype;");
        for (var type : ElementType.values()) {
            assertThat(codes).containsEntry("ST_" + type.name(), type.code());
        }
        assertThat(codes).hasSize(ElementType.values().length);
        var precisions = constants("Of a computation; weights that train keep fp32 masters. */");
        for (var precision : Precision.values()) {
            assertThat(precisions).containsEntry("ST_PRECISION_" + precision.name(), PrecisionCode.of(precision));
        }
        assertThat(precisions).hasSize(Precision.values().length);
        var filters = constants("typedef int32_t st_filter;");
        for (var filter : PictureFilter.values()) {
            assertThat(filters).containsEntry("ST_FILTER_" + filter.name(), filter.code());
        }
        assertThat(filters).hasSize(PictureFilter.values().length);
    }

    @Test
    void statusesHaveTheirCodes() {
        var statuses = constants("typedef int32_t st_status;");
        assertThat(statuses).hasSizeGreaterThan(5);
        assertThat(Arrays.stream(Status.values()).collect(Collectors.toMap(status -> "ST_" + status, Status::code)))
                .isEqualTo(statuses);
    }

    @Test
    void theVersionIsTheHeaders() {
        assertThat(HEADER).contains("\n#define ST_ABI_VERSION " + NativeLibrary.ABI_VERSION + "u\n");
    }

    /** The names and values of the first enumeration after {@code place}. */
    private static Map<String, Integer> constants(String place) {
        int start = HEADER.indexOf("enum {", HEADER.indexOf(place));
        assertThat(start).isPositive();
        var body = HEADER.substring(start, HEADER.indexOf('}', start));
        return Pattern.compile("(ST_\\w+) = (\\d+)")
                .matcher(body)
                .results()
                .collect(Collectors.toMap(match -> match.group(1), match -> Integer.parseInt(match.group(2))));
    }

    private static String parameters(String text) {
        if (text.strip().equals("void")) {
            return "";
        }
        return Pattern.compile(",")
                .splitAsStream(text)
                .map(parameter ->
                        parameter.contains("[") ? "p" : code(parameter.strip().replaceAll("\\w+$", "")))
                .collect(Collectors.joining());
    }

    private static String fields(String body) {
        var fields = new ArrayList<String>();
        for (String declaration : body.replaceAll("(?s)/\\*.*?\\*/", "").split(";")) {
            var match = Pattern.compile("(?s)\\s*((?:const )?\\w+[ *]+)(\\w.*)").matcher(declaration);
            if (match.matches()) {
                for (String name : match.group(2).split(",")) {
                    fields.add(field(code(match.group(1)), name.strip()));
                }
            }
        }
        return String.join(" ", fields);
    }

    private static String field(String code, String name) {
        var array = Pattern.compile("(\\w+)\\[(\\w+)]").matcher(name);
        return array.matches()
                ? array.group(1) + ":" + code + array.group(2).replace("ST_MAX_RANK", "6")
                : name + ":" + code;
    }

    /** One letter for a C type: i and l for integers of 4 and 8 bytes, b for bytes, f, d, p for pointers, v for void. */
    private static String code(String type) {
        String plain = type.replace("const ", "").strip();
        if (plain.endsWith("*") || plain.equals("st_progress")) {
            return "p";
        }
        return switch (plain) {
            case "st_status", "st_dtype", "st_precision", "st_product", "st_filter", "int32_t", "uint32_t" -> "i";
            case "int64_t", "uint64_t" -> "l";
            case "uint8_t" -> "b";
            case "float" -> "f";
            case "double" -> "d";
            case "void" -> "v";
            default -> throw new AssertionError("an unknown C type: " + type);
        };
    }

    private static String code(FunctionDescriptor descriptor) {
        return descriptor.returnLayout().map(HeaderBindingTest::code).orElse("v")
                + descriptor.argumentLayouts().stream()
                        .map(HeaderBindingTest::code)
                        .collect(Collectors.joining("", "(", ")"));
    }

    private static String code(MemoryLayout layout) {
        return switch (layout) {
            case AddressLayout address -> "p";
            case ValueLayout.OfInt number -> "i";
            case ValueLayout.OfLong number -> "l";
            case ValueLayout.OfByte number -> "b";
            case ValueLayout.OfFloat number -> "f";
            case ValueLayout.OfDouble number -> "d";
            default -> throw new AssertionError("an unknown layout: " + layout);
        };
    }

    private static String fields(StructLayout struct) {
        List<String> fields = new ArrayList<>();
        for (var member : struct.memberLayouts()) {
            String name = member.name().orElseThrow();
            fields.add(
                    member instanceof java.lang.foreign.SequenceLayout array
                            ? name + ":" + code(array.elementLayout()) + array.elementCount()
                            : name + ":" + code(member));
        }
        return String.join(" ", fields);
    }

    private static String readHeader() {
        try {
            return Files.readString(Path.of("..", "native", "include", "skiptuning.h"));
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
    }
}
