package org.skiptuning.cli;

import java.util.Locale;
import java.util.Map;
import org.skiptuning.cli.Terminal.Colour;
import org.skiptuning.report.Prose;

/** What one command writes: text for people or one JSON object on standard output, progress on standard error. */
final class Output {
    private final Streams streams;
    private final CommonOptions common;
    private final boolean talks;
    private final Progress progress;

    /** @param talks whether people read standard output, not a program, and want to */
    Output(Streams streams, CommonOptions common, boolean talks) {
        this.streams = streams;
        this.common = common;
        this.talks = talks;
        this.progress = common.quiet() ? Progress.none() : Progress.on(streams.terminal());
    }

    Progress progress() {
        return progress;
    }

    /** A line for people. */
    void line(String format, Object... values) {
        if (talks) {
            progress.pause();
            streams.out().println(values.length == 0 ? format : String.format(Locale.ROOT, format, values));
            streams.out().flush();
        }
    }

    /** Text that is the command's result itself, such as a configuration asked for: -q does not silence it. */
    void result(String text) {
        progress.pause();
        streams.out().println(text);
        streams.out().flush();
    }

    /** The result as one JSON object, where --json asks for it. */
    void json(Map<String, ?> result) {
        if (common.json().isPresent()) {
            progress.pause();
            Json.write(common.json().get(), streams.out(), result);
        }
    }

    /** Something the user should know that stops nothing. */
    void warn(String message) {
        if (!common.quiet()) {
            streams.terminal().println("note: " + Prose.plain(message));
        }
    }

    /** A line for people that begins with a mark. */
    void marked(boolean good, String format, Object... values) {
        String mark = good ? "✓" : "✗";
        boolean plain = !Terminal.isTerminal(1);
        line(
                "%s %s",
                plain ? mark : streams.terminal().paint(good ? Colour.GREEN : Colour.RED, mark),
                String.format(Locale.ROOT, format, values));
    }

    Streams streams() {
        return streams;
    }
}
