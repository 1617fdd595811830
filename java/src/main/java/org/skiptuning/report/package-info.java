/** Reports for people: one HTML file that needs nothing else, filled from plain records. */
@org.jspecify.annotations.NullMarked
package org.skiptuning.report;
