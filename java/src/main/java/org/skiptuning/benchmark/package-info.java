/** Protocols: many runs of one kind, what they come to, and how that is shown. */
@NullMarked
package org.skiptuning.benchmark;

import org.jspecify.annotations.NullMarked;
