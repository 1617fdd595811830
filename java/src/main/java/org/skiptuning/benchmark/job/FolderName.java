package org.skiptuning.benchmark.job;

import java.util.regex.Pattern;

/** Names that come from files of the user and become folders of a sweep, headings and cells. */
final class FolderName {
    private static final Pattern UNSAFE = Pattern.compile("[\\p{Cntrl}\\p{Cf}/\\\\|<>\"*?:]");

    /** What a sweep keeps beside its data sets' folders. */
    private static final Pattern TAKEN =
            Pattern.compile("(?i)sweep\\.json|results\\.jsonl|report\\..*|workers|jobs|.*\\.png");

    private FolderName() {}

    /** The same as long as it is a plain name. */
    static String of(String given) {
        var name = UNSAFE.matcher(given).replaceAll("_").strip();
        if (name.isEmpty() || name.equals("null")) {
            return "data";
        }
        return name.startsWith(".") || TAKEN.matcher(name).matches() ? "data-" + name.replaceFirst("^[.]+", "") : name;
    }
}
