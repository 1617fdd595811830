/**
 * The bundled pictures: emoji art styles and interface icons of the Maven artifact {@code iconify__json}, under cleaned
 * names, drawn once into a cache, and cut into tasks whose training, validation and test pictures never share a style.
 */
@NullMarked
package org.skiptuning.data.bundled;

import org.jspecify.annotations.NullMarked;
