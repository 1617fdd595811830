/**
 * The data sets of the published protocols, in CoOp's layout: how their files become pictures, classes and parts.
 *
 * <p>A part of {@link org.skiptuning.data}, of which {@link org.skiptuning.data.Datasets} alone knows it.
 */
@NullMarked
package org.skiptuning.data.published;

import org.jspecify.annotations.NullMarked;
