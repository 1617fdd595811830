package org.skiptuning.data.published;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.skiptuning.data.BadPicture;

/**
 * What was found of a data set.
 *
 * @param folder where it lies, or should
 * @param found what its files list; empty where they could not be read
 * @param missing files and folders that are needed and not there
 * @param unreadable pictures that are there and cannot be decoded
 * @param problems what is wrong, one line each: with missing files the first of them, with unreadable pictures too
 * @param notes what its user should hear, one line each
 */
public record Verification(
        PublishedDataSet dataSet,
        Path folder,
        Status status,
        Optional<Counts> found,
        List<Path> missing,
        List<BadPicture> unreadable,
        List<String> problems,
        List<String> notes) {
    public Verification {
        missing = List.copyOf(missing);
        unreadable = List.copyOf(unreadable);
        problems = List.copyOf(problems);
        notes = List.copyOf(notes);
    }

    /** What it comes to. */
    public enum Status {
        /** Its folder is not there. */
        ABSENT,
        /** Some of its files are there. */
        INCOMPLETE,
        /** All is there, but not as published, or not readable. */
        FAULTY,
        GOOD;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
