package org.skiptuning.benchmark.job;

import org.skiptuning.SkipTuning;
import tools.jackson.databind.node.ObjectNode;

/** What a result hangs on: everything in a job but where files lie, and which card or how many threads compute. */
final class JobIdentity {
    private JobIdentity() {}

    static ObjectNode of(Job job) {
        var identity = ofPlan(job);
        identity.put("model", job.model().contentHash());
        identity.put("model_config", job.model().config().orElse("its own"));
        // An extraction's are what its features hang on, settings among them.
        var prefix = job.part().isPresent() ? "" : JobFiles.DATA_OF;
        job.fingerprints().forEach((name, fingerprint) -> identity.put(prefix + name, fingerprint));
        var surroundings = job.surroundings();
        identity.put("device", surroundings.device().replaceFirst(":.*", ""));
        identity.put("precision", surroundings.precision().toString());
        identity.put("skip_bad_images", surroundings.skipBadImages());
        identity.put("apply_exif_orientation", surroundings.applyExifOrientation());
        return identity;
    }

    /** Without model, data and machine. */
    static ObjectNode ofPlan(Job job) {
        var identity = JobFiles.JSON.createObjectNode();
        identity.put("task", job.task());
        identity.put("purpose", job.purpose().name());
        identity.put("templates", job.templates());
        job.part()
                .ifPresentOrElse(
                        part -> identity.put("rows", part.toString()),
                        () -> job.settings()
                                .ifPresent(settings -> identity.setAll((ObjectNode) JobFiles.JSON.readTree(
                                        SkipTuning.builder(settings).json()))));
        identity.set(
                "targets",
                JobFiles.JSON.valueToTree(job.targets().stream()
                        .map(target -> target.name() + " " + target.data().name() + " " + target.classes() + " "
                                + target.part())
                        .toList()));
        return identity;
    }
}
