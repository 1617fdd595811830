package org.skiptuning.benchmark;

import java.util.List;
import java.util.stream.IntStream;

/**
 * A part of a sweep for one of several machines that share a folder or whose folders are put together later. A place's
 * choices and measurements go together.
 *
 * @param number from 1
 */
public record Shard(int number, int count) {
    public static final Shard ALL = new Shard(1, 1);

    public Shard {
        if (count < 1 || number < 1 || number > count) {
            throw new IllegalArgumentException("shard " + number + "/" + count + ": use 1/N to N/N");
        }
    }

    /** Its share, dealt in turn so that none gets all of what is slow. */
    public <T> List<T> of(List<T> all) {
        return IntStream.range(0, all.size())
                .filter(index -> index % count == number - 1)
                .mapToObj(all::get)
                .toList();
    }

    @Override
    public String toString() {
        return number + "/" + count;
    }
}
