package org.skiptuning.data;

/** How pictures of any size become squares of one size. */
@FunctionalInterface
public interface PictureTransform {
    /**
     * @param width of the picture, at least 1
     * @param height of the picture, at least 1
     * @param index of the picture in its data set, which keys random draws
     */
    Placement place(int width, int height, int index);

    /** The shorter side resized to {@code size}, then the centre: CLIP's test transform. */
    static PictureTransform shortestSide(int size) {
        return (width, height, index) -> Resizing.shortestSide(width, height, size);
    }

    /** Both sides resized to {@code size}, whatever the shape. */
    static PictureTransform squash(int size) {
        return (width, height, index) -> new Placement(0, 0, width, height, size, size, 0, 0, false);
    }

    /** Random resized crop of 8 % of the area or more, and flip, fresh in each epoch. */
    static PictureTransform cropAndFlip(int size, long seed, int epoch) {
        return cropAndFlip(size, seed, epoch, 0.08);
    }

    /** @param lowestScale least share of a picture's area in its crop */
    static PictureTransform cropAndFlip(int size, long seed, int epoch, double lowestScale) {
        return new CropAndFlip(size, seed, epoch, lowestScale);
    }
}
