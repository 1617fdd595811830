package org.skiptuning.checkpoint;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.skiptuning.CheckpointException;

/** Relatives of CLIP that cannot be loaded yet, known by their tensors' names. */
final class UnsupportedModels {
    private record Relative(Pattern tensor, String what) {
        Relative(String tensor, String what) {
            this(Pattern.compile(tensor), what);
        }
    }

    /** In order: the first that fits is named. */
    private static final List<Relative> RELATIVES = List.of(
            new Relative(
                    "visual\\.(layer1\\.0\\.conv1\\.weight|attnpool\\..*)", "a ResNet image tower (RN50 and its kin)"),
            new Relative(
                    "text_decoder\\..*|visual\\.attn_pool\\..*", "a CoCa (attentional pooling and a text decoder)"),
            new Relative("vision_model\\.head\\.probe|vision_model\\.head\\.attention\\..*", "a SigLIP"),
            new Relative("visual\\.trunk\\..*", "an image tower of timm (SigLIP, EVA, MobileCLIP, PE and others)"),
            new Relative(
                    "text\\.transformer\\.(embeddings|encoder|shared)\\..*",
                    "a text tower of Hugging Face (BERT and others)"),
            new Relative("logit_bias", "a model trained with the sigmoid loss (SigLIP)"),
            new Relative(".*\\.ls_1\\.gamma", "a ViT with layer scale"),
            new Relative("text\\.cls_emb", "a text tower with an appended class token"),
            new Relative(
                    "vision_model\\.encoder\\.layers\\.0\\.self_attn\\.qkv\\..*|(qformer|text_encoder|visual_encoder)\\..*",
                    "a BLIP"));

    private UnsupportedModels() {}

    static void refuse(Set<String> names, String source) {
        for (var relative : RELATIVES) {
            for (var name : names) {
                if (relative.tensor().matcher(name).matches()) {
                    throw new CheckpointException(source + " holds " + relative.what() + " (tensor " + name
                            + "), which isn't supported yet: use a CLIP with ViT image tower");
                }
            }
        }
    }
}
