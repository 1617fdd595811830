/**
 * Skip Tuning for the JVM: fine-tune CLIP's last blocks on cached features, against only the classes that matter, and use
 * the result in the same process.
 *
 * {@snippet lang = java :
 * try (Clip clip = Clip.load(Path.of("ViT-B-16.pt"));
 *         FineTuned pets = SkipTuning.builder().startLayer(9).topRatio(0.05).build()
 *                 .fit(clip, Datasets.folder(Path.of("pets"), 1).fewShot(16, 1), TrainingListener.none())) {
 *     List<Prediction> best = pets.classify(Path.of("cat.jpg"), List.of("cat", "dog"));
 *     pets.save(Path.of("tuned"));
 * }
 * }
 *
 * <h2>Who closes what</h2>
 *
 * {@link org.skiptuning.Clip} and {@link org.skiptuning.FineTuned} hold memory outside the Java heap and on the device:
 * close them. A fine-tuned model shares the weights that stayed the same with its original, whichever is closed first.
 * Closing never waits and never breaks a call that is running in another thread, be it a whole training: the memory goes
 * when the call is done. Later calls are {@link java.lang.IllegalStateException}s. One that is forgotten is freed by the
 * collector, with a warning in the log.
 *
 * <h2>Threads</h2>
 *
 * Models may be used from any number of threads; calls on one model run one after the other in the native core. Use
 * platform threads: a virtual thread in a native call holds its carrier. Interrupting the thread of a long call ends it
 * with a {@link org.skiptuning.CancelledException}.
 *
 * <h2>Native access</h2>
 *
 * Run the JVM with {@code --enable-native-access=ALL-UNNAMED}; without it, Java 25 prints a warning.
 */
@org.jspecify.annotations.NullMarked
package org.skiptuning;
