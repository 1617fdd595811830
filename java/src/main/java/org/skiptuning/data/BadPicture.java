package org.skiptuning.data;

import java.nio.file.Path;

/**
 * A picture that cannot be used.
 *
 * @param problem one line that names the file, what is wrong and what to do
 */
public record BadPicture(Path file, String problem) {}
