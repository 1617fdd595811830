package org.skiptuning.data.published;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.skiptuning.DataSetException;
import org.skiptuning.ProgressListener;
import org.skiptuning.data.BadPicture;
import org.skiptuning.data.DataSet;
import org.skiptuning.data.LabelledImage;
import org.skiptuning.data.PictureCheck;
import org.skiptuning.data.published.Verification.Status;

/** Looks whether data sets are there, whole, as published, and readable. */
public final class Verifier {
    private static final int NAMED = 3;

    private final Path root;
    private final boolean decodes;
    private final int threads;

    /**
     * @param root the folder that holds the folders of all data sets
     * @param decodes whether every picture is decoded, which takes minutes for the larger data sets
     * @param threads that decode
     */
    public Verifier(Path root, boolean decodes, int threads) {
        this.root = root;
        this.decodes = decodes;
        this.threads = threads;
    }

    /**
     * @param progress hears {@link org.skiptuning.Phase#CHECK}
     * @throws org.skiptuning.CancelledException if the thread is interrupted
     */
    public Verification verify(PublishedDataSet dataSet, ProgressListener progress) {
        var finding = new Finding(dataSet);
        if (!Files.isDirectory(dataSet.home(root))) {
            return finding.of(Status.ABSENT);
        }
        var missing = dataSet.missingFiles(root);
        if (!missing.isEmpty()) {
            return finding.incomplete(missing);
        }
        Listing listing;
        DataSet data;
        try {
            listing = dataSet.listing(root);
            data = dataSet.dataSet(listing);
        } catch (DataSetException broken) {
            return finding.broken(broken);
        }
        finding.count(data, listing);
        if (!listing.missing().isEmpty()) {
            return finding.incomplete(listing.missing());
        }
        if (decodes) {
            finding.decode(data, progress);
        }
        return finding.of(finding.problems.isEmpty() ? Status.GOOD : Status.FAULTY);
    }

    /** What is gathered of one data set. */
    private final class Finding {
        private final PublishedDataSet dataSet;
        private Optional<Counts> found = Optional.empty();
        private List<Path> missing = List.of();
        private List<BadPicture> unreadable = List.of();
        private final List<String> problems = new ArrayList<>();
        private final List<String> notes = new ArrayList<>();

        Finding(PublishedDataSet dataSet) {
            this.dataSet = dataSet;
        }

        void count(DataSet data, Listing listing) {
            var counts = Counts.of(data);
            found = Optional.of(counts);
            problems.addAll(counts.differences(dataSet.counts()));
            if (problems.isEmpty() && dataSet.baseTest().isPresent()) {
                // Equal sums and another half: the classes are not in the published order.
                Counts.compare(
                        problems,
                        "test pictures of the base classes",
                        data.base().test().size(),
                        dataSet.baseTest().get());
            }
            notes.addAll(listing.warnings());
        }

        void decode(DataSet data, ProgressListener progress) {
            var pictures = Stream.of(data.train(), data.validation(), data.test())
                    .flatMap(List::stream)
                    .map(LabelledImage::path)
                    .distinct()
                    .toList();
            unreadable = PictureCheck.unreadable(pictures, threads, progress);
            unreadable.stream().limit(NAMED).map(BadPicture::problem).forEach(problems::add);
            if (unreadable.size() > NAMED) {
                problems.add(String.format(Locale.ROOT, "%,d pictures in all cannot be read", unreadable.size()));
            }
        }

        Verification incomplete(List<Path> absent) {
            missing = absent;
            problems.clear(); // counts differ where files are missing
            absent.stream().limit(NAMED).map(path -> path + " is missing").forEach(problems::add);
            if (absent.size() > NAMED) {
                problems.add(String.format(Locale.ROOT, "%,d files in all are missing", absent.size()));
            }
            if (dataSet.lacksSplit(root)) {
                dataSet.drawnFrom()
                        .ifPresent(
                                files -> notes.add("where its split file cannot be had, --make-splits draws one from "
                                        + (files.isEmpty() ? "the folders of pictures" : String.join(", ", files))));
            }
            return of(Status.INCOMPLETE);
        }

        Verification broken(DataSetException failure) {
            problems.add(String.valueOf(failure.getMessage()));
            return of(Status.FAULTY);
        }

        Verification of(Status status) {
            return new Verification(dataSet, dataSet.home(root), status, found, missing, unreadable, problems, notes);
        }
    }
}
