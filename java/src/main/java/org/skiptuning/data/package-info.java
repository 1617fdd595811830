/**
 * Data sets, splits, few-shot sampling, prompts, batch plans, and pictures from files to prepared pixels.
 *
 * <p>Nothing here depends on the order in which a file system lists files, and everything random is a function of
 * (seed, purpose, epoch, index), except few-shot sampling, which repeats CPython's draws.
 */
@org.jspecify.annotations.NullMarked
package org.skiptuning.data;
