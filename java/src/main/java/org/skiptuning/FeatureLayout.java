package org.skiptuning;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a folder of {@link FeatureFiles} holds: view v of picture i of N in row v·N + i.
 *
 * @param identity what the features hang on, by name
 * @param pictures of the training set (N)
 * @param views of each picture
 * @param rowBytes of one picture's features
 * @param partRows a multiple of the pictures that pass the blocks at once, {@value Pictures#CHUNK}
 */
public record FeatureLayout(Map<String, String> identity, int pictures, int views, long rowBytes, int partRows) {
    /** So that a part is a matter of minutes and a moderate file. */
    private static final long PART_BYTES = 256L << 20;

    private static final int MOST_ROWS = 1 << 21;

    /**
     * Some rows, computed by one job.
     *
     * @param view that all of them are of
     */
    public record Part(int view, long firstRow, int rows) {
        /** Of its file. */
        public String name() {
            return String.format(Locale.ROOT, "rows-%010d", firstRow);
        }

        public String file() {
            return name() + ".safetensors";
        }
    }

    public FeatureLayout {
        identity = Collections.unmodifiableMap(new TreeMap<>(identity));
        requirePartRows(partRows);
    }

    /** @throws IllegalArgumentException if it is no multiple of {@value Pictures#CHUNK}, or too large */
    static void requirePartRows(int partRows) {
        if (partRows < Pictures.CHUNK || partRows > MOST_ROWS || partRows % Pictures.CHUNK != 0) {
            throw new IllegalArgumentException(
                    "partRows is " + partRows + ": use a multiple of " + Pictures.CHUNK + " up to " + MOST_ROWS);
        }
    }

    /** With parts of a usual size. */
    FeatureLayout(Map<String, String> identity, int pictures, int views, long rowBytes) {
        this(
                identity,
                pictures,
                views,
                rowBytes,
                (int) Math.clamp(PART_BYTES / rowBytes / Pictures.CHUNK, 1, MOST_ROWS / Pictures.CHUNK)
                        * Pictures.CHUNK);
    }

    /** @throws IllegalArgumentException if it is no multiple of {@value Pictures#CHUNK}, or too large */
    public FeatureLayout withPartRows(int value) {
        return new FeatureLayout(identity, pictures, views, rowBytes, value);
    }

    public long rows() {
        return (long) pictures * views;
    }

    public long bytes() {
        return rows() * rowBytes;
    }

    /** In order. Each begins where a run without files begins a chunk, so that it comes to the same to the bit. */
    public List<Part> parts() {
        var parts = new ArrayList<Part>();
        for (var view = 0; view < views; view++) {
            for (var first = 0; first < pictures; first += partRows) {
                parts.add(new Part(view, (long) view * pictures + first, Math.min(partRows, pictures - first)));
            }
        }
        return parts;
    }

    /** The part that a row is in. */
    Part part(long row) {
        var view = (int) (row / pictures);
        var first = (int) (row % pictures) / partRows * partRows;
        return new Part(view, (long) view * pictures + first, Math.min(partRows, pictures - first));
    }

    /** What differs in another, for people; empty where a run of this one can take the other's features. */
    List<String> differences(Map<String, String> other) {
        var differences = new ArrayList<String>();
        identity.forEach((name, value) -> {
            if (!value.equals(other.get(name))) {
                differences.add(
                        name.equals("pictures") || name.equals("model")
                                ? "another " + name.replace("pictures", "list of pictures")
                                : name + " " + other.get(name) + " instead of " + value);
            }
        });
        return differences;
    }
}
