package org.skiptuning.checkpoint;

import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.skiptuning.CheckpointException;

/** The three ways in which CLIP checkpoints name their tensors. OpenAI's is the canonical one. */
public enum Naming {
    /** OpenAI's own, which is also open_clip's {@code CLIP}. */
    OPENAI("OpenAI / open_clip CLIP") {
        @Override
        Optional<String> canonical(String name) {
            return Optional.of(name);
        }
    },
    /** open_clip's {@code CustomTextCLIP}: the text tower under {@code text.}. */
    CUSTOM_TEXT("open_clip CustomTextCLIP") {
        @Override
        Optional<String> canonical(String name) {
            if (name.startsWith("text.")) {
                return Optional.of(name.substring("text.".length()));
            }
            return name.startsWith("visual.") || name.equals("logit_scale") ? Optional.of(name) : Optional.empty();
        }
    },
    /** Hugging Face's {@code CLIPModel}: query, key and value apart, projections transposed. */
    HUGGING_FACE("Hugging Face CLIPModel") {
        @Override
        Optional<String> canonical(String name) {
            return HuggingFaceNames.canonical(name);
        }
    };

    private static final Pattern BUFFERS =
            Pattern.compile("(text\\.)?attn_mask|input_resolution|context_length|vocab_size|(.*\\.)?position_ids");

    private final String label;

    Naming(String label) {
        this.label = label;
    }

    /** The name of the convention, for people. */
    public String label() {
        return label;
    }

    /** OpenAI's name of a tensor; empty if the convention has no such tensor. */
    abstract Optional<String> canonical(String name);

    /** Whether the matrix with this canonical name lies transposed in a file of this naming. */
    boolean isTransposed(String canonical) {
        return this == HUGGING_FACE && (canonical.equals("visual.proj") || canonical.equals("text_projection"));
    }

    /** Whether query, key and value are tensors of their own. */
    boolean splitsAttention() {
        return this == HUGGING_FACE;
    }

    /** Whether the tensor is a constant that the model computes itself. */
    static boolean isBuffer(String name) {
        return BUFFERS.matcher(name).matches();
    }

    /**
     * The convention of a file with these tensors.
     *
     * @param source names the file in messages
     * @throws CheckpointException if it is none of the three, naming what it seems to be
     */
    static Naming detect(Set<String> names, String source) {
        UnsupportedModels.refuse(names, source);
        boolean image = names.contains("visual.conv1.weight");
        if (image && names.contains("token_embedding.weight")) {
            return OPENAI;
        }
        if (image && names.contains("text.token_embedding.weight")) {
            return CUSTOM_TEXT;
        }
        if (names.contains("vision_model.embeddings.patch_embedding.weight")
                && names.contains("text_model.embeddings.token_embedding.weight")) {
            return HUGGING_FACE;
        }
        throw new CheckpointException(source
                + " isn't a CLIP with two towers in OpenAI's, open_clip's or Hugging Face's"
                + " naming: "
                + (names.isEmpty()
                        ? "it holds no tensors"
                        : "its tensors are called "
                                + String.join(
                                        ", ", names.stream().sorted().limit(3).toList())
                                + (names.size() > 3 ? ", ..." : "")));
    }
}
