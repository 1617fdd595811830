package org.skiptuning.checkpoint;

import java.util.List;

/** What the names in a pickle stand for. */
interface PickleHost {
    /** Whether a pickle may mention this name at all. */
    boolean allows(PickleValue.Global global);

    /** The result of a function that {@link #allows} has let through. */
    PickleValue call(PickleValue.Global function, List<PickleValue> arguments);

    /** A new object of a class, without attributes. */
    PickleValue create(PickleValue.Global type);

    /** The value that the archive keeps outside the pickle under this id. */
    PickleValue persistent(PickleValue id);
}
