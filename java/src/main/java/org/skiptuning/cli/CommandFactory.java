package org.skiptuning.cli;

import picocli.CommandLine;
import picocli.CommandLine.IFactory;

/** Makes the commands and hands each the streams it writes to. */
final class CommandFactory implements IFactory {
    private final Streams streams;
    private final IFactory usual = CommandLine.defaultFactory();

    CommandFactory(Streams streams) {
        this.streams = streams;
    }

    @Override
    public <K> K create(Class<K> type) throws Exception {
        K made = usual.create(type);
        if (made instanceof ToolCommand command) {
            command.attach(streams);
        }
        return made;
    }
}
