/**
 * Writing that survives what happens to a process: files that appear whole or not at all, folders, and work that an
 * interrupt cannot cut short; and the paths that a user may set. Not exported; stands on nothing but the exceptions.
 */
@org.jspecify.annotations.NullMarked
package org.skiptuning.files;
