package org.skiptuning.files;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Names of files that are no text. Java shows what it cannot decode as U+FFFD, and text with that in it names another
 * file, or none.
 */
public final class FileNames {
    private static final char REPLACEMENT = '\uFFFD';

    private FileNames() {}

    /** What is wrong with a path, and what to do, if its text does not name the same file. */
    public static Optional<String> problem(Path path) {
        if (path.toString().indexOf(REPLACEMENT) < 0) {
            return Optional.empty();
        }
        Optional<Path> wrong = Optional.empty();
        for (var at = path; at != null && at.getFileName() != null; at = at.getParent()) {
            wrong = isText(at.getFileName()) ? wrong : Optional.of(at);
        }
        return wrong.map(FileNames::describe);
    }

    private static boolean isText(Path name) {
        try {
            return name.getFileSystem().getPath(name.toString()).equals(name);
        } catch (InvalidPathException unmappable) {
            return false;
        }
    }

    private static String describe(Path file) {
        var folder = Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(file);
        return "The folder " + folder + " holds '" + escaped(file) + "', " + reason(bytes(file), "rename it");
    }

    /**
     * Why a name, or an argument, is no text to Java.
     *
     * @param remedy where its bytes are at fault
     */
    public static String reason(byte[] bytes, String remedy) {
        return isUtf8(bytes)
                ? "which cannot be read in the locale's encoding, " + System.getProperty("sun.jnu.encoding")
                        + ": set LC_ALL=C.UTF-8 in the environment"
                : "which is not UTF-8 text: " + remedy;
    }

    /** The last part of a path, with {@code \xff} for a byte that is no UTF-8. */
    public static String escaped(Path path) {
        var text = String.valueOf(path.getFileName());
        return text.indexOf(REPLACEMENT) < 0 ? text : escaped(bytes(path));
    }

    /** Text in UTF-8, with {@code \xff} for a byte that is none. */
    public static String escaped(byte[] bytes) {
        var decoder = StandardCharsets.UTF_8.newDecoder(); // which reports what it cannot decode
        var in = ByteBuffer.wrap(bytes);
        var out = CharBuffer.allocate(bytes.length);
        var text = new StringBuilder();
        while (true) {
            var result = decoder.decode(in, out, true);
            text.append(out.flip());
            out.clear();
            if (!result.isMalformed()) {
                return text.toString();
            }
            for (var i = 0; i < result.length(); i++) {
                text.append(String.format("\\x%02x", in.get()));
            }
            decoder.reset();
        }
    }

    private static boolean isUtf8(byte[] bytes) {
        return ByteBuffer.wrap(new String(bytes, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8))
                .equals(ByteBuffer.wrap(bytes));
    }

    /** Of the last part of a path: its URI is the one form in which Java gives them away. */
    private static byte[] bytes(Path path) {
        var uri = path.toUri().getRawPath().replaceFirst("/$", "");
        var encoded = uri.substring(uri.lastIndexOf('/') + 1);
        var bytes = new ByteArrayOutputStream();
        for (var i = 0; i < encoded.length(); i++) {
            if (encoded.charAt(i) == '%') {
                bytes.write(Integer.parseInt(encoded, i + 1, i + 3, 16));
                i += 2;
            } else {
                bytes.write(encoded.charAt(i));
            }
        }
        return bytes.toByteArray();
    }
}
