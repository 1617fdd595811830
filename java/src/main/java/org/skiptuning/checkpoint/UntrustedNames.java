package org.skiptuning.checkpoint;

import org.skiptuning.CheckpointException;

/** Names out of untrusted files, which end up in messages and on terminals. */
final class UntrustedNames {
    private static final int LONGEST = 500;

    private UntrustedNames() {}

    /**
     * The name itself.
     *
     * @throws CheckpointException if it is very long or holds control characters
     */
    static String require(String name, String source) {
        if (name.length() > LONGEST || name.chars().anyMatch(Character::isISOControl)) {
            throw new CheckpointException(source + " holds a name of " + name.length()
                    + " characters or with control characters in it, which no tensor of a CLIP has");
        }
        return name;
    }
}
