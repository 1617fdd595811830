package org.skiptuning.data.published;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.skiptuning.ProgressListener;
import org.skiptuning.data.DataSet;
import org.skiptuning.data.Datasets;
import org.skiptuning.data.LabelledImage;
import org.skiptuning.data.bundled.BundledData;
import org.skiptuning.data.published.Verification.Status;
import tools.jackson.databind.json.JsonMapper;

/** Real pictures in their thousands: a bundled task in Caltech101's layout is the same data set. */
@Tag("slow")
class BundledAsPublishedTest {
    @TempDir
    Path root;

    private final List<Path> written = new ArrayList<>();

    @Test
    void opensAsTheBundledDataSetDoes() throws IOException {
        var bundled = bundled("things");
        write(bundled);
        var opened = Datasets.open(root, "caltech101");
        assertThat(opened.classNames()).isEqualTo(bundled.classNames());
        same(opened.train(), bundled.train());
        same(opened.validation(), bundled.validation());
        same(opened.test(), bundled.test());
        same(opened.base().test(), bundled.base().test());
        same(opened.unseen().test(), bundled.unseen().test());
        for (var shots : new int[] {1, 2, 4, 8, 16}) {
            for (var seed = 1; seed <= 3; seed++) {
                same(
                        opened.fewShot(shots, seed).train(),
                        bundled.fewShot(shots, seed).train());
                same(
                        opened.fewShot(shots, seed).validation(),
                        bundled.fewShot(shots, seed).validation());
            }
        }

        var found = new Verifier(root, true, Runtime.getRuntime().availableProcessors())
                .verify(PublishedDataSets.find("caltech101").orElseThrow(), ProgressListener.none());
        assertThat(found.status()).isEqualTo(Status.FAULTY); // for it is another data set than Caltech101
        assertThat(found.found()).contains(Counts.of(bundled));
        assertThat(found.unreadable()).isEmpty();
        assertThat(found.problems()).allMatch(problem -> problem.endsWith(" are published"));
        assertThat(written).hasSizeGreaterThan(1000);
    }

    private static DataSet bundled(String task) {
        return BundledData.open(ProgressListener.none()).dataSet(task);
    }

    /** A folder a class, the same bytes, and a split file in the bundled order. */
    private void write(DataSet data) throws IOException {
        var split = Map.of(
                "train", write(data, data.train()),
                "val", write(data, data.validation()),
                "test", write(data, data.test()));
        Files.writeString(
                root.resolve("caltech-101/split_zhou_Caltech101.json"),
                JsonMapper.shared().writeValueAsString(split));
    }

    private List<List<Object>> write(DataSet data, List<LabelledImage> images) throws IOException {
        var items = new ArrayList<List<Object>>();
        for (var image : images) {
            var name = data.classNames().get(image.label());
            var path = name + "/image_%05d.png".formatted(written.size() + 1);
            var file = root.resolve("caltech-101/101_ObjectCategories").resolve(path);
            Files.createDirectories(file.getParent());
            Files.copy(image.path(), file);
            written.add(file);
            items.add(List.of(path, image.label(), name));
        }
        return items;
    }

    private static void same(List<LabelledImage> opened, List<LabelledImage> bundled) throws IOException {
        assertThat(opened)
                .extracting(LabelledImage::label)
                .isEqualTo(bundled.stream().map(LabelledImage::label).toList());
        for (var i = 0; i < opened.size(); i++) {
            assertThat(Files.mismatch(opened.get(i).path(), bundled.get(i).path()))
                    .isEqualTo(-1);
        }
    }
}
