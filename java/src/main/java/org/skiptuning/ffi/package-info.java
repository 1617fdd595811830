/**
 * The boundary to the native core: off-heap memory and the handles of the C ABI in {@code skiptuning.h}.
 *
 * <p>The only package that knows {@code java.lang.foreign}; it is not exported. Every handle is {@link AutoCloseable}:
 * use after close is an {@link IllegalStateException}, a second close is harmless, and a close while a call runs takes
 * effect when the call returns.
 */
@org.jspecify.annotations.NullMarked
package org.skiptuning.ffi;
