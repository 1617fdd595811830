package org.skiptuning.benchmark.job;

import java.nio.file.Path;
import java.util.Optional;

/**
 * A checkpoint, so that another process loads the same.
 *
 * @param path an OpenAI {@code .pt}, a Hugging Face or open_clip folder, or a bare {@code .safetensors}
 * @param config name of its shape, where weights alone cannot tell it
 * @param contentHash SHA-256 of its weights; a result belongs to these
 */
public record ModelReference(Path path, Optional<String> config, String contentHash) {}
