package org.skiptuning.data.published;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A data set in the words of the resource {@code data-sets.json}.
 *
 * @param folder its folder, below the root of all
 * @param pictures the folder of the pictures, below {@code folder}; may be empty
 * @param split the published split file's name, of those that have one
 * @param annotations what a split is drawn from where the published one is missing
 * @param files needed beside pictures and split
 * @param counts what the published split holds
 * @param baseTest the test pictures of the first half of the classes, where they are published
 * @param fetch what to fetch, and where it goes
 * @param note what a user of its training pictures should hear
 */
record Entry(
        String name,
        String title,
        String templateKey,
        String folder,
        String pictures,
        Form form,
        Optional<String> split,
        Optional<Annotations> annotations,
        List<String> files,
        Counts counts,
        Optional<Integer> baseTest,
        List<String> fetch,
        Optional<String> note) {
    Entry {
        files = files == null ? List.of() : List.copyOf(files); // left out in the resource
        fetch = List.copyOf(fetch);
    }

    Path home(Path root) {
        return root.resolve(folder);
    }

    Path pictures(Path root) {
        return home(root).resolve(pictures);
    }
}
