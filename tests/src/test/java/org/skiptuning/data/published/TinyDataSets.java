package org.skiptuning.data.published;

import java.util.List;
import java.util.stream.Stream;

/** All fifteen. */
public final class TinyDataSets {
    private TinyDataSets() {}

    public static List<TinyDataSet> all() {
        return Stream.of(
                        Stream.of(
                                TinyImageNet.imageNet(),
                                TinyFolders.caltech(),
                                TinyLists.pets(),
                                TinyMatlab.cars(),
                                TinyMatlab.flowers(),
                                TinyFolders.food(),
                                TinyLists.aircraft(),
                                TinyLists.scenes(),
                                TinyFolders.textures(),
                                TinyFolders.satellite(),
                                TinyLists.actions()),
                        TinyImageNet.variants())
                .flatMap(stream -> stream)
                .toList();
    }

    public static TinyDataSet of(String name) {
        return all().stream()
                .filter(dataSet -> dataSet.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
