/** Sweeps over a Spark cluster: the same jobs, done by its executors in worker processes. */
@NullMarked
package org.skiptuning.spark;

import org.jspecify.annotations.NullMarked;
