/**
 * Contrastive pre-training of the small bundled CLIP from the bundled pictures and their names: the recipe, the batches
 * of a step as a function of (seed, step), the loop with its checkpoints, and its zero-shot probe.
 */
@NullMarked
package org.skiptuning.pretrain;

import org.jspecify.annotations.NullMarked;
