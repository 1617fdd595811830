package org.skiptuning.cli;

import java.util.ArrayList;
import java.util.List;
import org.skiptuning.Method;
import org.skiptuning.benchmark.Protocol;
import org.skiptuning.benchmark.Study;
import org.skiptuning.data.TemplateSet;
import org.skiptuning.data.published.PublishedDataSets;

/** What a shell completes an option's value with; most options take other values, too. */
final class Candidates {
    private Candidates() {}

    static final class Devices extends ArrayList<String> {
        Devices() {
            super(List.of("auto", "cpu", "cuda"));
        }
    }

    static final class BundledTasks extends ArrayList<String> {
        BundledTasks() {
            super(List.of("glyphs", "food", "animals", "things"));
        }
    }

    /** Of the bundled data, and those that may lie below a root. */
    static final class DataSetNames extends ArrayList<String> {
        DataSetNames() {
            super(new BundledTasks());
            addAll(PublishedDataSets.names());
        }
    }

    static final class PublishedNames extends ArrayList<String> {
        PublishedNames() {
            super(PublishedDataSets.names());
        }
    }

    static final class Presets extends ArrayList<String> {
        Presets() {
            super(List.of("paper", "reference", "bundled"));
        }
    }

    static final class Schedules extends ArrayList<String> {
        Schedules() {
            super(List.of("base-to-new", "cross-dataset", "domain", "few-shot"));
        }
    }

    static final class Templates extends ArrayList<String> {
        Templates() {
            super(TemplateSet.names());
        }
    }

    static final class Methods extends ArrayList<String> {
        Methods() {
            super(Method.all().stream().map(Method::toString).toList());
        }
    }

    static final class Protocols extends ArrayList<String> {
        Protocols() {
            super(Protocol.names());
        }
    }

    static final class Studies extends ArrayList<String> {
        Studies() {
            super(Study.names());
        }
    }

    static final class Shapes extends ArrayList<String> {
        Shapes() {
            super(List.of("ViT-B-16-quickgelu", "ViT-B-16", "ViT-B-32", "ViT-L-14"));
        }
    }
}
