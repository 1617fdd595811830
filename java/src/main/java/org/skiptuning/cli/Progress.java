package org.skiptuning.cli;

import java.util.Optional;

/** Shows how far a command has come. All calls come from one thread. */
interface Progress extends AutoCloseable {
    /** A new phase; the one before it is done. */
    void begin(String phase, String unit);

    void update(long done, long total, Optional<Double> loss);

    /** Takes the line away until the next update, so that something else can be written. */
    void pause();

    /** Ends the last phase. */
    @Override
    void close();

    /** On a terminal a bar, elsewhere a line every ten seconds. */
    static Progress on(Terminal terminal) {
        return new ProgressRenderer(terminal, System::nanoTime);
    }

    static Progress none() {
        return new Progress() {
            @Override
            public void begin(String phase, String unit) {}

            @Override
            public void update(long done, long total, Optional<Double> loss) {}

            @Override
            public void pause() {}

            @Override
            public void close() {}
        };
    }
}
