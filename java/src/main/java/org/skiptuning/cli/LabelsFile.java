package org.skiptuning.cli;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.skiptuning.SkipTuningException;
import org.skiptuning.files.Folders;

/** {@code --classes-file}: a label a line, in UTF-8 with or without a byte order mark. */
final class LabelsFile {
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private LabelsFile() {}

    static List<String> read(Path file) {
        if (!Files.exists(file) || Files.isDirectory(file)) {
            throw wrong(file, (Files.exists(file) ? "is a folder" : "does not exist") + ": name a file of labels");
        }
        try {
            String text = Files.readString(file);
            return (text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text)
                    .lines()
                    .toList();
        } catch (CharacterCodingException notText) {
            throw wrong(file, "is not UTF-8 text: save it as UTF-8");
        } catch (IOException problem) {
            throw wrong(file, "cannot be read: " + Folders.reason(problem));
        }
    }

    static SkipTuningException empty(Path file) {
        return wrong(file, "holds no labels: write one a line");
    }

    private static SkipTuningException wrong(Path file, String what) {
        return new SkipTuningException("--classes-file " + file + " " + what);
    }
}
