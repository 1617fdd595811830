/** One training run of a protocol, from a specification to a result, in this process or in one of its own. */
@NullMarked
package org.skiptuning.benchmark.job;

import org.jspecify.annotations.NullMarked;
