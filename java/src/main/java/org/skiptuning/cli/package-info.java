/** The command line: parses, calls the public API, prints. Nothing here computes. */
@org.jspecify.annotations.NullMarked
package org.skiptuning.cli;
