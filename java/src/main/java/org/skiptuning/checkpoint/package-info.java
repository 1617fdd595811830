/**
 * CLIP checkpoints as files: safetensors, PyTorch archives, their three namings, configurations and tokenizers.
 *
 * <p>Everything read here is untrusted. Nothing in a file is executed, and nothing is allocated because a file says so:
 * every length is checked against the bytes that are there. Weights stay in the mapped file and are handed on as views.
 */
@org.jspecify.annotations.NullMarked
package org.skiptuning.checkpoint;
