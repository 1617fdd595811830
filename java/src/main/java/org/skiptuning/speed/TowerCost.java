package org.skiptuning.speed;

import org.skiptuning.checkpoint.ClipConfiguration;

/**
 * Operations of a transformer tower, two to a multiplication with its addition, for one sequence; LayerNorms, softmax
 * and activations, which are a hundredth of them, are left out.
 *
 * @param width D
 * @param mlpWidth between the two linear layers of a block, usually 4·D
 */
record TowerCost(int layers, long width, long mlpWidth) {
    static TowerCost image(ClipConfiguration configuration) {
        var tower = configuration.image();
        return new TowerCost(tower.layers(), tower.width(), tower.mlpWidth());
    }

    static TowerCost text(ClipConfiguration configuration) {
        var tower = configuration.text();
        return new TowerCost(tower.layers(), tower.width(), tower.mlpWidth());
    }

    /** One block's forward over {@code tokens} rows. */
    double block(long tokens) {
        return 2.0 * tokens * weights() + attention(tokens, tokens);
    }

    /** Forward and backward of the blocks after the first {@code start}, every row in each of them. */
    double plainSuffix(int start, long tokens) {
        return 3 * (layers - start) * block(tokens);
    }

    /**
     * The same without what changes no number: the first block makes no gradient of its input, and the last one has
     * queries and an MLP for the pooled row alone.
     */
    double exactSuffix(int start, long tokens) {
        var keysAndValues = 2.0 * tokens * 2 * width * width;
        var pooled = 2.0 * (weights() - 2 * width * width) + attention(1, tokens);
        var last = 3 * (keysAndValues + pooled);
        if (layers - start == 1) {
            return last - keysAndValues - 2.0 * width * width;
        }
        var first = 3 * block(tokens) - 2.0 * tokens * 3 * width * width;
        return first + (layers - start - 2) * 3 * block(tokens) + last;
    }

    /**
     * Forward, and backward to the input, of all blocks, none of which is trained: of each product one gradient, of
     * attention's both. The last block has queries and an MLP for the pooled row alone.
     */
    double exactToInput(long tokens) {
        return exactToInput(tokens, 1);
    }

    /** @param losses whose gradients go back one by one */
    double exactToInput(long tokens, int losses) {
        var linear = (1 + losses) * 2.0;
        var attention = 1 + 2 * losses;
        var last = linear * (tokens * 2 * width * width + weights() - 2 * width * width)
                + attention * attention(1, tokens);
        return (layers - 1) * (linear * tokens * weights() + attention * attention(tokens, tokens)) + last;
    }

    /** Forward alone, of the pooled row in the last block. */
    double exactForward(long tokens) {
        return exactToInput(tokens, 0);
    }

    /** {@link #exactToInput} with every row in every block. */
    double plainToInput(long tokens) {
        return plainToInput(tokens, 1);
    }

    /** @param losses whose gradients go back one by one */
    double plainToInput(long tokens, int losses) {
        return layers * ((1 + losses) * 2.0 * tokens * weights() + (1 + 2 * losses) * attention(tokens, tokens));
    }

    /**
     * {@link #exactToInput} with trained additions of a rank to queries, keys and values: two products of the forward and
     * four of the backward each. Nothing before the first block is trained, which makes no gradient of its input.
     */
    double exactLowRank(int rank, long tokens) {
        var last = 2 * tokens + 1;
        var rows = (layers - 1) * 3 * tokens + last;
        var rowsOfFirst = layers > 1 ? 3 * tokens : last;
        return exactToInput(tokens) - 2.0 * rowsOfFirst * width * width + 2.0 * rank * width * (6 * rows - rowsOfFirst);
    }

    /** The same with every row in every block, and every gradient. */
    double plainLowRank(int rank, long tokens) {
        return plainToInput(tokens) + 2.0 * rank * width * 6 * 3 * layers * tokens;
    }

    /** Numbers of such additions. */
    long lowRankParameters(int rank) {
        return layers * 3L * 2 * rank * width;
    }

    /** Weights and biases of one block. */
    long parameters() {
        return weights() + 9 * width + mlpWidth;
    }

    private double attention(long queries, long keys) {
        return 4.0 * queries * keys * width;
    }

    private long weights() {
        return 4 * width * width + 2 * width * mlpWidth;
    }
}
