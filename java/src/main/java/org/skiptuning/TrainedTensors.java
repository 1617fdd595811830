package org.skiptuning;

import java.util.regex.Pattern;

/**
 * Which tensors layer-wise skipping trains, by OpenAI's names: the blocks from the start layers on and what comes after
 * them. Everything before, and {@code logit_scale}, stays as it was.
 *
 * @param imageStart frozen blocks of the image tower
 * @param textStart frozen blocks of the text tower
 */
record TrainedTensors(int imageStart, int textStart) {
    private static final Pattern BLOCK = Pattern.compile("(visual\\.)?transformer\\.resblocks\\.(\\d+)\\..*");
    private static final Pattern AFTER_BLOCKS =
            Pattern.compile("visual\\.ln_post\\.(weight|bias)|visual\\.proj|ln_final\\.(weight|bias)|text_projection");

    /** No tensor at all: the model of a file, as it is. */
    static TrainedTensors none() {
        return new TrainedTensors(Integer.MAX_VALUE, Integer.MAX_VALUE);
    }

    boolean contains(String name) {
        var block = BLOCK.matcher(name);
        if (block.matches()) {
            return Integer.parseInt(block.group(2)) >= (block.group(1) == null ? textStart : imageStart);
        }
        return imageStart != Integer.MAX_VALUE && AFTER_BLOCKS.matcher(name).matches();
    }
}
