/** What sweeps come to, as tables, plots and pages. */
@NullMarked
package org.skiptuning.benchmark.report;

import org.jspecify.annotations.NullMarked;
