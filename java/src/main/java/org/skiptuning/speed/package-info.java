/** What a training step costs on this machine, method by method, and how near that is to the least it could cost. */
@NullMarked
package org.skiptuning.speed;

import org.jspecify.annotations.NullMarked;
